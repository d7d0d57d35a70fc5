"""LandmarksMeanCalculator: the mean, and faces that the second look lost."""

import numpy as np
import pytest

from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects

NAME = "LandmarksMeanCalculator"
FIRST = NormalizedLandmarks(np.arange(3 * 2 * 3, dtype=np.float32).reshape(3, 2, 3))
ROIS = NormalizedRects(np.arange(15, dtype=np.float32).reshape(3, 5))


def mean(second, kept):
    inputs = {
        "LANDMARKS:0": [(0, FIRST)],
        "ROIS:0": [(0, ROIS)],
        "LANDMARKS:1": [(0, second)],
        "ROIS:1": [(0, kept)],
    }
    return run_calculator(NAME, inputs).values("LANDMARKS")[0].points


def test_landmarks_are_averaged():
    second = NormalizedLandmarks(FIRST.points + np.float32([2, 4, 6]))
    np.testing.assert_array_equal(mean(second, ROIS), FIRST.points + np.float32([1, 2, 3]))


def test_a_face_that_the_second_look_lost_leaves():
    second = NormalizedLandmarks(FIRST.points[[0, 2]] + 2)
    np.testing.assert_array_equal(mean(second, ROIS.take([0, 2])), FIRST.points[[0, 2]] + 1)


def test_all_faces_lost():
    assert mean(NormalizedLandmarks.empty(2), NormalizedRects.empty()).shape == (0, 2, 3)


def test_a_region_from_elsewhere_is_an_error():
    with pytest.raises(Exception, match="none of ROIS:0"):
        mean(NormalizedLandmarks(FIRST.points[:1]), NormalizedRects(np.full((1, 5), -1)))


def test_a_missing_stream_is_an_error():
    with pytest.raises(Exception, match="1 LANDMARKS and 1 ROIS"):
        run_calculator(NAME, {"LANDMARKS:0": [(0, FIRST)], "ROIS:0": [(0, ROIS)]})
