"""Dealing packets out."""

import pytest

from attention_mesh.framework import ConfigError
from attention_mesh.framework.testing import run_calculator


def test_outputs_take_turns_and_select_says_whose_it_is():
    run = run_calculator(
        "RoundRobinDemuxCalculator",
        {"": [(1, "a"), (2, "b"), (3, "c")]},
        outputs=["OUTPUT:0", "OUTPUT:1", "SELECT"],
    )
    assert run.values("OUTPUT:0") == ["a", "c"] and run.values("OUTPUT:1") == ["b"]
    assert run.values("SELECT") == [0, 1, 0]


def test_an_output_is_needed():
    with pytest.raises(ConfigError, match="it has no output OUTPUT"):
        run_calculator("RoundRobinDemuxCalculator", {"": []}, outputs=["SELECT"])
