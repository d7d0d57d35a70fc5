"""Detections of a crop in the image's coordinates."""

import numpy as np

from attention_mesh.geometry.crop import crop_to_image_matrices
from attention_mesh.geometry.detection_projection import project_detections
from attention_mesh.geometry.detections import Detections

FOUND = Detections(
    np.array([[0.25, 0.5, 0.5, 0.25]]), np.array([[[0.25, 0.5], [0.75, 0.75]]]), np.array([0.8])
)


def test_an_upright_crop_shifts_and_scales():
    matrix = crop_to_image_matrices(np.array([[50, 50, 40, 20, 0]]), (200, 100))[0]
    projected = project_detections(FOUND, matrix).in_pixels((200, 100))
    np.testing.assert_allclose(projected.boxes, [[40, 50, 20, 5]], atol=1e-4)
    np.testing.assert_allclose(projected.keypoints, [[[40, 50], [60, 55]]], atol=1e-4)
    np.testing.assert_allclose(projected.scores, [0.8])


def test_a_turned_box_becomes_the_upright_box_around_its_corners():
    matrix = crop_to_image_matrices(np.array([[50, 50, 40, 40, np.pi / 4]]), (100, 100))[0]
    projected = project_detections(FOUND, matrix)
    corners = np.array([[0.25, 0.5, 0, 1], [0.75, 0.5, 0, 1], [0.25, 0.75, 0, 1], [0.75, 0.75, 0, 1]])
    corners = (corners @ matrix.T)[:, :2]
    expected = np.concatenate([corners.min(axis=0), np.ptp(corners, axis=0)])
    np.testing.assert_allclose(projected.boxes[0], expected, atol=1e-6)


def test_no_detection_stays_none():
    assert len(project_detections(Detections.empty(), np.eye(4))) == 0
