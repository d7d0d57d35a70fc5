"""Names of detected classes."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections

NAME = "DetectionLabelIdToTextCalculator"


def named(options: str, label_ids=None) -> Detections:
    found = Detections(np.zeros((2, 4)), np.zeros((2, 6, 2)), [1, 0.5], label_ids=label_ids)
    (result,) = run_calculator(NAME, {"": [(0, found)]}, options=options).values("")
    assert result.scores.tolist() == [1, 0.5]
    return result


def labels(options: str, label_ids=None) -> tuple[str, ...] | None:
    return named(options, label_ids).labels


def test_a_face_detector_knows_one_class():
    assert labels('label: "Face"') == ("Face", "Face")


def test_names_by_number():
    items = 'label_items { key: 7 value { name: "seven" } } label_items { key: 9 value { name: "nine" } }'
    assert labels(items, [9, 7]) == ("nine", "seven")
    assert labels('label: "zero" label: "one"', [1, 2]) == ("one", "")
    assert labels('label: "zero"', [1, 2]) is None


def test_numbers_go_where_names_are_unless_they_are_to_stay():
    names = 'label: "zero" label: "one"'
    assert named(names, [1, 0]).label_ids is None
    assert named(names + " keep_label_id: true", [1, 0]).label_ids.tolist() == [1, 0]
    assert named(names, [1, 2]).label_ids.tolist() == [1, 2]


def test_names_from_a_file(tmp_path):
    (tmp_path / "labels.txt").write_text("zero\none\n")
    assert labels(f'label_map_path: "{tmp_path / "labels.txt"}"', [1, 0]) == ("one", "zero")
    with pytest.raises(CalculatorError, match="absent"):
        labels(f'label_map_path: "{tmp_path / "absent.txt"}"')


def test_one_way_to_name_them():
    with pytest.raises(ConfigError, match="label_map_path and label are given; give one of"):
        labels('label: "Face" label_map_path: "a.txt"')
