"""CloserLookResultCalculator: detections after a closer look, best first."""

import numpy as np

from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections

IMAGE = np.zeros((100, 100, 3), np.uint8)


def seen(*faces):
    """Upright detections (x, score)."""
    boxes = np.array([[x - 0.1, 0.4, 0.2, 0.2] for x, _ in faces])
    keypoints = np.array([[[x - 0.05, 0.5], [x + 0.05, 0.5], *[[x, 0.5]] * 4] for x, _ in faces])
    return Detections(boxes, keypoints, np.array([score for _, score in faces]))


def test_a_confirmed_detection_moves_ahead_and_keeps_its_place():
    inputs = {
        "DETECTIONS": [(0, seen((0.2, 0.7), (0.8, 0.6)))],
        "CLOSER": [(0, seen((0.81, 0.9)))],
        "IMAGE": [(0, IMAGE)],
    }
    (found,) = run_calculator("CloserLookResultCalculator", inputs).values("DETECTIONS")
    np.testing.assert_allclose(found.scores, [0.9, 0.7])
    np.testing.assert_allclose(found.boxes[:, 0], [0.7, 0.1], atol=1e-6)


def test_a_score_below_the_least_one_confirms_nothing():
    inputs = {"DETECTIONS": [(0, seen((0.2, 0.6)))], "CLOSER": [(0, seen((0.2, 0.8)))], "IMAGE": [(0, IMAGE)]}
    for least, score in ((0.75, 0.8), (0.85, 0.6)):
        run = run_calculator("CloserLookResultCalculator", inputs, options={"least_score": least})
        np.testing.assert_allclose(run.values("DETECTIONS")[0].scores, [score])


def test_without_a_closer_look_detections_pass_as_they_are():
    first = seen((0.2, 0.6), (0.8, 0.7))
    inputs = {"DETECTIONS": [(0, first)], "CLOSER": [], "IMAGE": [(0, IMAGE)]}
    assert run_calculator("CloserLookResultCalculator", inputs).values("DETECTIONS") == [first]
