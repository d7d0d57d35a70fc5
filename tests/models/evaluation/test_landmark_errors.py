"""Landmark errors: zero for the truth, and the stated distances for known moves."""

import numpy as np
import pytest

from attention_mesh.models.evaluation.landmark_errors import (
    annotation_errors,
    distances_to_contour,
    mesh_errors,
)
from attention_mesh.models.topology.face_topology import FaceTopology
from attention_mesh.models.topology.landmark_groups import landmarks_68
from attention_mesh.models.topology.refinement import region_landmarks
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig

EYES = ("RIGHT_EYE", "LEFT_EYE")
FACE = builtin_rig().landmarks(builtin_rig().neutral) * np.float32([10, -10, 10]) + 200
POINTS = np.where(landmarks_68()[:, None] >= 0, FACE[landmarks_68(), :2], np.nan)


def test_the_truth_has_no_error():
    for errors in (mesh_errors(FACE, FACE), annotation_errors(FACE, POINTS)):
        assert (errors.all, errors.lips, errors.eyes) == pytest.approx((0, 0, 0), abs=1e-4)


def test_a_shift_counts_by_each_parts_own_size():
    errors = mesh_errors(FACE + [3, 4, 50], FACE)  # 5 px in the plane
    eyes = np.linalg.norm(FACE[33] - FACE[263])
    assert errors.all == pytest.approx(500 / eyes, rel=1e-4)
    assert errors.lips == pytest.approx(500 / np.linalg.norm(FACE[61, :2] - FACE[291, :2]), rel=1e-4)
    widths = [np.linalg.norm(FACE[a, :2] - FACE[b, :2]) for a, b in ((33, 133), (362, 263))]
    assert errors.eyes == pytest.approx(np.mean([500 / width for width in widths]), rel=1e-4)


def test_only_the_lips_count_for_the_lips():
    moved = FACE.copy()
    moved[region_landmarks()["lips"], 0] += 5
    errors = mesh_errors(moved, FACE)
    assert errors.lips > 0 and errors.eyes == 0
    assert errors.all == pytest.approx(100 * 5 * 80 / 478 / np.linalg.norm(FACE[33] - FACE[263]), rel=1e-4)


def test_points_may_slide_along_a_contour_but_not_leave_it():
    slid = POINTS.copy()
    slid[55] = (POINTS[55] + POINTS[56]) / 2 * 0.999 + 0.001 * POINTS[55]
    on_it = annotation_errors(FACE, slid)
    assert on_it.lips < 0.3 and on_it.all > 0
    left = POINTS.copy()
    left[57] += [0, 10]  # down from the lower lip
    assert annotation_errors(FACE, left).lips > 0.5


def test_distance_is_to_the_edges_of_the_closed_contour():
    square = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], float)
    points = np.array([[5, 3], [-2, 5], [13, 14], [0, 0]], float)
    np.testing.assert_allclose(distances_to_contour(points, square), [3, 2, 5, 0], atol=1e-9)


def face_68() -> np.ndarray:
    """(68, 2) random points with corner distances of 100 (outer eyes), 50 (mouth) and 20 (each eye)."""
    points = np.random.default_rng(0).uniform(0, 100, (68, 2))
    points[[36, 45]] = [[0, 0], [100, 0]]
    points[[48, 54]] = [[25, 80], [75, 80]]
    points[[39, 42]] = [[20, 0], [80, 0]]
    return points


def mesh_through(points: np.ndarray) -> np.ndarray:
    """A mesh whose corresponding landmarks lie on the 68 points, the other contour landmarks beside them."""
    mesh = np.zeros((478, 3))
    known = np.flatnonzero(landmarks_68() >= 0)
    mesh[landmarks_68()[known], :2] = points[known]
    topology = FaceTopology.load()
    for contour in (topology.ring("LIPS", 0), topology.ring("LIPS", 13), *map(topology.ring, EYES)):
        for place, landmark in enumerate(contour):
            if landmark not in landmarks_68():
                mesh[landmark] = mesh[contour[place - 1]]
    return mesh


def test_a_mesh_through_the_annotation_has_no_error():
    points = face_68()
    assert annotation_errors(mesh_through(points), points) == pytest.approx((0, 0, 0), abs=1e-9)


def test_a_mesh_shifted_by_one_pixel_is_off_by_one_percent_of_a_hundred_pixels():
    points = face_68()
    errors = annotation_errors(mesh_through(points) + [0, 1, 0], points)
    assert errors.all == pytest.approx(1)
    # A contour error counts only what is across the contour: at most a pixel in 50 and in 20.
    assert 0 < errors.lips <= 2
    assert 0 < errors.eyes <= 5
