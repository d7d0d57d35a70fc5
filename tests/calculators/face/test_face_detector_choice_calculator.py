"""The user's word for a detector."""

import pytest

from attention_mesh.framework import CalculatorError
from attention_mesh.framework.testing import run_calculator


@pytest.mark.parametrize(
    ("side", "expected"),
    [
        ({"DETECTOR": "short"}, (True, False, False)),
        ({"DETECTOR": "full"}, (False, True, False)),
        ({"DETECTOR": "auto"}, (True, True, True)),
        ({}, (True, False, False)),
    ],
)
def test_each_choice_says_which_detectors_run_and_short_is_the_default(side, expected):
    outputs = run_calculator("FaceDetectorChoiceCalculator", side=side).side_outputs
    assert (outputs["SHORT_RANGE"], outputs["FULL_RANGE"], outputs["TILED"]) == expected


@pytest.mark.parametrize(
    ("detector", "given", "expected"),
    [
        ("auto", None, 0.6),
        ("auto", 0.5, 0.6),
        ("auto", 0.9, 0.931),
        ("auto", 0.0, 0.0),
        ("auto", 1.0, 1.0),
        ("full", None, 0.6),
        ("full", 0.5, 0.5),
    ],
)
def test_the_full_range_threshold_is_the_user_s_or_stricter_after_the_short_range(detector, given, expected):
    side = {"DETECTOR": detector} | ({} if given is None else {"MIN_DETECTION_CONFIDENCE": given})
    outputs = run_calculator("FaceDetectorChoiceCalculator", side=side).side_outputs
    assert outputs["FULL_RANGE_CONFIDENCE"] == pytest.approx(expected, abs=1e-3)


def test_a_threshold_that_is_no_probability_is_refused():
    with pytest.raises(CalculatorError, match="is 1.5; expected 0 to 1"):
        run_calculator("FaceDetectorChoiceCalculator", side={"MIN_DETECTION_CONFIDENCE": 1.5})


def test_an_unknown_choice_lists_the_known_ones():
    with pytest.raises(CalculatorError, match="is 'long'; expected one of 'short', 'full', 'auto'"):
        run_calculator("FaceDetectorChoiceCalculator", side={"DETECTOR": "long"})


@pytest.mark.parametrize(
    ("detector", "expected"),
    [("short", ("short", False)), ("full", ("full", False)), ("auto", ("short", True))],
)
def test_only_auto_looks_wider_than_its_first_detector(detector, expected):
    outputs = run_calculator("FaceDetectorChoiceCalculator", side={"DETECTOR": detector}).side_outputs
    assert (outputs["FIRST"], outputs["WIDER"]) == expected
