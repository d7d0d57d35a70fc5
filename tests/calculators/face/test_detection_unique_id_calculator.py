"""Numbers of detections."""

import numpy as np
import pytest

from attention_mesh.framework import ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections

NAME = "DetectionUniqueIdCalculator"


def some(count: int) -> Detections:
    return Detections(np.zeros((count, 4)), np.zeros((count, 6, 2)), np.linspace(1, 0.5, count))


def test_numbers_rise_and_are_never_given_twice():
    inputs = {
        "DETECTIONS": [(0, some(2)), (1, some(0)), (2, some(3))],
        "DETECTION_LIST": [(0, some(1)), (2, some(1))],
    }
    numbers = []
    for _ in range(2):  # also not in another run
        run = run_calculator(NAME, inputs, bounds={"DETECTION_LIST": 3})
        for tag in inputs:
            numbers += [number for value in run.values(tag) for number in value.ids.tolist()]
            for value, (_, given) in zip(run.values(tag), inputs[tag], strict=True):
                np.testing.assert_array_equal(value.scores, given.scores)
    assert len(numbers) == 14 and len(set(numbers)) == 14 and min(numbers) >= 1


def test_outputs_as_inputs():
    with pytest.raises(ConfigError, match="expected the same"):
        run_calculator(NAME, {"DETECTIONS": []}, outputs=["DETECTION_LIST"])
