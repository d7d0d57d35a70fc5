"""eye_aspect_ratios: the definition, units and dimensions."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.geometry.eye_aspect_ratio import eye_aspect_ratios
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig

# An eye 10 wide, its lids 4 apart at one third and 2 at two thirds.
EYE = np.array([[0, 0], [3, 2], [7, 1], [10, 0], [7, -1], [3, -2]], float)
LIDS = np.array([[0, 1, 2, 3, 4, 5]])


def test_it_is_the_mean_opening_by_the_width():
    np.testing.assert_allclose(eye_aspect_ratios(EYE[None], LIDS), [[0.3]])


def test_it_does_not_depend_on_size_place_rotation_and_direction():
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    moved = (7 * EYE @ turn + 40)[None]
    np.testing.assert_allclose(eye_aspect_ratios(moved, LIDS), [[0.3]], rtol=1e-6)
    np.testing.assert_allclose(eye_aspect_ratios(moved, LIDS[:, [0, 5, 4, 3, 2, 1]]), [[0.3]], rtol=1e-6)


def test_three_coordinates_measure_in_space():
    turned = np.stack([EYE[:, 0] * 0.6, EYE[:, 1], EYE[:, 0] * 0.8], 1)[None]
    np.testing.assert_allclose(eye_aspect_ratios(turned, LIDS), [[0.3]], rtol=1e-6)
    np.testing.assert_allclose(eye_aspect_ratios(turned[:, :, :2], LIDS), [[0.5]], rtol=1e-6)


def test_the_left_eye_of_the_rig_closes_alone():
    groups, rig = landmark_groups(), builtin_rig()
    lids = np.stack([groups["left_eye_aspect"], groups["right_eye_aspect"]])
    faces = np.stack(
        [rig.landmarks(rig.vertices(np.zeros(0), weights)) for weights in ({}, {"eyeBlinkLeft": 1.0})]
    )
    (left, right), (closed, still) = eye_aspect_ratios(faces, lids)
    assert 0.2 < left < 0.45 and 0.2 < right < 0.45
    assert closed < 0.1 and still == pytest.approx(right, abs=1e-3)


def test_an_eye_without_width_and_no_face_have_numbers_too():
    assert eye_aspect_ratios(np.zeros((1, 6, 2)), LIDS).tolist() == [[0.0]]
    assert eye_aspect_ratios(np.zeros((0, 6, 3)), LIDS).shape == (0, 1)


@pytest.mark.parametrize(("points", "lids"), [(EYE, LIDS), (EYE[None], LIDS[0]), (EYE[None], LIDS[:, :5])])
def test_wrong_shapes_are_an_error(points, lids):
    with pytest.raises(ValueError, match=r"expected \(F, N, 2 or 3\) and \(E, 6\)"):
        eye_aspect_ratios(points, lids)
