"""LandmarksToRectsCalculator: regions with the ids of the faces."""

import numpy as np

from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.geometry.regions_of_interest import landmarks_to_rects, snapped_squares

NAME = "LandmarksToRectsCalculator"
FACES = NormalizedLandmarks(np.random.default_rng(0).random((2, 478, 3)))
ROIS = NormalizedRects(np.zeros((2, 5)), np.array([7, 3]))


def test_ids_go_on_and_the_formula_is_the_pure_one():
    inputs = {"LANDMARKS": [(0, FACES)], "ROIS": [(0, ROIS)], "IMAGE_SIZE": [(0, (640, 480))]}
    rects = run_calculator(NAME, inputs).values("ROIS")[0]
    np.testing.assert_array_equal(rects.ids, [7, 3])
    np.testing.assert_array_equal(rects.values, landmarks_to_rects(FACES.points, (640, 480), (33, 263)))


def test_options_choose_keypoints_and_scale():
    inputs = {"LANDMARKS": [(0, FACES)], "IMAGE_SIZE": [(0, (640, 480))]}
    options = {"rotation_start": 1, "rotation_end": 2, "scale": 2.0}
    rects = run_calculator(NAME, inputs, {}, options).values("ROIS")[0]
    np.testing.assert_array_equal(rects.values, landmarks_to_rects(FACES.points, (640, 480), (1, 2), 2.0))
    np.testing.assert_array_equal(rects.ids, [0, 0])


def test_steps_put_the_regions_on_a_grid():
    inputs = {"LANDMARKS": [(0, FACES)], "IMAGE_SIZE": [(0, (640, 480))]}
    free = landmarks_to_rects(FACES.points, (640, 480), (33, 263))
    rects = run_calculator(NAME, inputs, {"STEPS": 64}).values("ROIS")[0]
    np.testing.assert_array_equal(rects.values, snapped_squares(free, (640, 480), 64))
    assert not np.array_equal(rects.values, free)


def test_no_face_gives_no_region():
    inputs = {"LANDMARKS": [(0, NormalizedLandmarks.empty())], "IMAGE_SIZE": [(0, (640, 480))]}
    assert len(run_calculator(NAME, inputs).values("ROIS")[0]) == 0
