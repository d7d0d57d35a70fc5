"""Eye landmarks in the face's."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks

NAME = "UpdateFaceLandmarksCalculator"


def run(face, eyes):
    inputs = {"FACE_LANDMARKS": [(0, face)], "NEW_EYE_LANDMARKS": [(0, eyes)]}
    return run_calculator(NAME, inputs).values("UPDATED_FACE_LANDMARKS")


def test_the_eyes_take_their_places_and_the_rest_stays():
    face = NormalizedLandmarks(np.zeros((1, 468, 3)))
    eyes = NormalizedLandmarks(np.arange(1, 142 * 3 + 1).reshape(1, 142, 3))
    (updated,) = run(face, eyes)
    points, new = updated.points[0], eyes.points[0]
    np.testing.assert_array_equal(points[[33, 133, 55, 193]], new[[0, 8, 69, 70]])
    np.testing.assert_array_equal(points[[263, 362, 285, 417]], new[[71, 79, 140, 141]])
    assert np.count_nonzero(points.any(axis=1)) == 142 and not points[[1, 13, 152]].any()


def test_other_numbers_of_landmarks_are_refused():
    with pytest.raises(CalculatorError, match=r"\(1, 478, 3\) and \(1, 142, 3\); expected \(F, 468, 3\)"):
        run(NormalizedLandmarks(np.zeros((1, 478, 3))), NormalizedLandmarks(np.zeros((1, 142, 3))))
