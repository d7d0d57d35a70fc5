"""Problems that validation finds in a graph, for its tests."""

import pytest

from attention_mesh.framework import ConfigError, ValidatedGraph
from attention_mesh.tests.framework import sample_calculators  # noqa: F401  (registers them)


def problems_of(config: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        ValidatedGraph(config)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return caught.value.problems


def only_problem_of(config: str) -> str:
    problems = problems_of(config)
    assert len(problems) == 1, problems
    return problems[0]


SCALE = 'node { name: "scaler" calculator: "SampleScaleCalculator" %s }'
