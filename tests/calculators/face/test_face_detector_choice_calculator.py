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


def test_an_unknown_choice_lists_the_known_ones():
    with pytest.raises(CalculatorError, match="is 'long'; expected one of 'short', 'full', 'auto'"):
        run_calculator("FaceDetectorChoiceCalculator", side={"DETECTOR": "long"})
