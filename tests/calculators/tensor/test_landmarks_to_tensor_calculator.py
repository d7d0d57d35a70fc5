"""Tensors of landmarks."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks

NAME = "LandmarksToTensorCalculator"
FACES = NormalizedLandmarks(np.arange(18, dtype=np.float32).reshape(2, 3, 3) / 16)
SIZE = [(0, (320, 160))]


def tensor(options: str, **inputs) -> np.ndarray:
    ((only,),) = run_calculator(NAME, inputs, options=options).values("TENSORS")
    return only


def test_normalized_landmarks_are_scaled_to_pixels():
    """As mediapipe 0.10.21: z is multiplied by the width."""
    found = tensor("attributes: [Z, Y, X]", NORM_LANDMARKS=[(0, FACES)], IMAGE_SIZE=SIZE)
    np.testing.assert_array_equal(found, (FACES.points * np.float32([320, 160, 320]))[..., ::-1])
    assert found.dtype == np.float32 and found.flags.c_contiguous


def test_landmarks_in_pixels_stay_as_they_are():
    found = tensor("attributes: [X, Y]", LANDMARKS=[(0, FACES)])
    np.testing.assert_array_equal(found, FACES.points[..., :2])


def test_flattened_they_are_one_row_per_face():
    found = tensor("attributes: [X, Y] flatten: true", LANDMARKS=[(0, FACES)])
    np.testing.assert_array_equal(found, FACES.points[..., :2].reshape(2, 6))


@pytest.mark.parametrize(
    "options, tags, problem",
    [
        ("", ["LANDMARKS"], "attributes is empty"),
        ("attributes: [VISIBILITY]", ["LANDMARKS"], "no visibility"),
        ("attributes: [X]", ["LANDMARKS", "NORM_LANDMARKS"], "exactly one"),
        ("attributes: [X]", ["NORM_LANDMARKS"], "IMAGE_SIZE belongs to NORM_LANDMARKS"),
        ("attributes: [X]", ["LANDMARKS", "IMAGE_SIZE"], "IMAGE_SIZE belongs to NORM_LANDMARKS"),
    ],
)
def test_what_does_not_fit_is_refused(options, tags, problem):
    with pytest.raises(ConfigError, match=problem):
        run_calculator(NAME, {tag: [] for tag in tags}, options=options)


def test_the_size_of_the_image_must_come_with_the_landmarks():
    with pytest.raises(CalculatorError, match="has no packet although there are landmarks"):
        tensor("attributes: [X]", NORM_LANDMARKS=[(0, FACES)], IMAGE_SIZE=[])
