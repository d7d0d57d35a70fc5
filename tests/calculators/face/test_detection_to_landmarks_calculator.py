"""DetectionToLandmarksCalculator: key points become landmarks."""

import numpy as np

from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections


def test_key_points_become_landmarks_without_depth():
    keypoints = np.arange(24, dtype=np.float32).reshape(2, 6, 2)
    detections = Detections(np.zeros((2, 4)), keypoints, np.ones(2))
    found = run_calculator(
        "DetectionToLandmarksCalculator", {"DETECTION": [(0, detections), (5, detections)]}
    )
    points = found.values("LANDMARKS")[0].points
    np.testing.assert_array_equal(points[:, :, :2], keypoints)
    assert not points[:, :, 2].any() and [packet.timestamp for packet in found.packets("LANDMARKS")] == [0, 5]


def test_no_detection_gives_no_face():
    found = run_calculator("DetectionToLandmarksCalculator", {"DETECTION": [(0, Detections.empty())]})
    assert found.values("LANDMARKS")[0].points.shape == (0, 6, 3)
