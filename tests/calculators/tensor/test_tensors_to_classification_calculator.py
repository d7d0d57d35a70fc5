"""Scores as classes."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.testing import run_calculator

SCORES = np.float32([[0.5, 0.25, 0.75]])


def run(scores=SCORES, options=""):
    inputs = {"TENSORS": [(0, [scores])]}
    (found,) = run_calculator("TensorsToClassificationCalculator", inputs, options=options).values(
        "CLASSIFICATIONS"
    )
    return [(entry.index, entry.score, entry.label) for entry in found.classification]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", [0, 1, 2]),
        ("sort_by_descending_score: true", [2, 0, 1]),
        ("top_k: 2", [2, 0]),
        ("min_score_threshold: 0.5", [0, 2]),
        ("ignore_classes: 2", [0, 1]),
        ("allow_classes: 2 allow_classes: 1", [1, 2]),
    ],
)
def test_which_classes_stay_and_in_which_order(options, expected):
    found = run(options=options)
    assert [index for index, _, _ in found] == expected
    assert [score for _, score, _ in found] == [SCORES[0, index] for index in expected]


def test_a_binary_classifier_has_what_is_left_as_the_second_score():
    assert run(np.float32([[0.25]]), "binary_classification: true") == [(0, 0.25, ""), (1, 0.75, "")]
    with pytest.raises(CalculatorError, match="takes one score; the tensor has 3"):
        run(options="binary_classification: true")


def test_names_from_a_file_and_from_options(tmp_path):
    (tmp_path / "names.txt").write_text("a\nb\nc\n")
    entries = " ".join(f'entries {{ id: {i} label: "{name}" }}' for i, name in enumerate("abc"))
    items = " ".join(f'label_items {{ key: {i} value {{ name: "{name}" }} }}' for i, name in enumerate("abc"))
    path = f'label_map_path: "{(tmp_path / "names.txt").as_posix()}"'
    for options in (path, f"label_map {{ {entries} }}", items):
        assert [label for _, _, label in run(options=options)] == ["a", "b", "c"]
    with pytest.raises(CalculatorError, match="3 names for 2 classes"):
        run(SCORES[:, :2], path)
    with pytest.raises(ConfigError, match="label_map_path and label_map are given"):
        run(options=f"{path} label_map {{ {entries} }}")


def test_lists_that_contradict_one_another_are_refused():
    with pytest.raises(ConfigError, match="exclude each other"):
        run(options="allow_classes: 1 ignore_classes: 2")
