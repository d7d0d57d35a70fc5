"""Errors by their definitions: zero for the truth, and the stated distances for known moves."""

import numpy as np
import pytest

from attention_mesh.models.evaluation.landmark_errors import annotation_errors, mesh_errors
from attention_mesh.models.topology.landmarks_68 import landmarks_68
from attention_mesh.models.topology.refinement import region_landmarks
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig

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
