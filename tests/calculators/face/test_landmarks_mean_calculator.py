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


def disagreeing(gap_px, options="largest_gap: 0.12"):
    """Two faces of 478 landmarks whose eyes are 100 px apart; the crops disagree on the second one."""
    points = np.random.default_rng(1).uniform(0.3, 0.7, (2, 478, 3)).astype(np.float32)
    points[:, 33, :2], points[:, 263, :2] = (0.25, 0.5), (0.75, 0.5)  # of 200 px
    other = points.copy()
    other[1, :, 1] += gap_px / 400
    streams = {
        "LANDMARKS:0": NormalizedLandmarks(points),
        "ROIS:0": ROIS.take([0, 1]),
        "LANDMARKS:1": NormalizedLandmarks(other),
        "ROIS:1": ROIS.take([0, 1]),
        "SCORES": np.array([0.9, 0.8], np.float32),
        "IMAGE_SIZE": (200, 400),
    }
    return run_calculator(NAME, {tag: [(0, value)] for tag, value in streams.items()}, options=options)


@pytest.mark.parametrize(
    ("gap_px", "options", "kept"),
    [(11, "largest_gap: 0.12", [0, 1]), (13, "largest_gap: 0.12", [0]), (50, "", [0, 1])],
)
def test_a_face_on_which_the_looks_disagree_leaves_with_its_region_and_score(gap_px, options, kept):
    found = disagreeing(gap_px, options)
    assert len(found.values("LANDMARKS")[0]) == len(kept)
    np.testing.assert_array_equal(found.values("ROIS")[0].values, ROIS.values[kept])
    np.testing.assert_array_equal(found.values("SCORES")[0], np.array([0.9, 0.8], np.float32)[kept])


def test_a_limit_needs_the_images_size():
    with pytest.raises(Exception, match="largest_gap needs the input IMAGE_SIZE"):
        run_calculator(
            NAME,
            {"LANDMARKS:0": [], "ROIS:0": [], "LANDMARKS:1": [], "ROIS:1": []},
            options="largest_gap: 0.1",
        )


def test_a_missing_stream_is_an_error():
    with pytest.raises(Exception, match="1 LANDMARKS and 1 ROIS"):
        run_calculator(NAME, {"LANDMARKS:0": [(0, FIRST)], "ROIS:0": [(0, ROIS)]})
