"""Rotations of heads and eyes for other programs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attention_mesh.geometry.head_pose import euler_angles, rotation_matrices
from attention_mesh.geometry.head_rotation import eye_rotations, quaternion_of_rotation, to_left_handed

# Degrees: half turns and quarter turns are where the formulas divide by small numbers.
angles = st.sampled_from([-180, -90, 0, 90, 180]) | st.floats(-180, 180)
components = st.floats(-1, 1)


def rotation_of(pitch: float, yaw: float, roll: float) -> np.ndarray:
    """(3, 3) float64 of degrees."""
    return rotation_matrices(np.radians([[pitch, yaw, roll]]))[0].astype(np.float64)


def rotate(quaternion: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """q v q*, by the definition of Hamilton's product."""
    axis, w = quaternion[:3], quaternion[3]
    return vector + 2 * np.cross(axis, np.cross(axis, vector) + w * vector)


@given(angles, angles, angles)
def test_the_quaternion_turns_vectors_as_the_matrix_does(pitch, yaw, roll):
    rotation = rotation_of(pitch, yaw, roll)
    quaternion = quaternion_of_rotation(rotation)
    assert quaternion @ quaternion == pytest.approx(1, abs=1e-6) and quaternion[3] >= 0
    for vector in np.eye(3):
        np.testing.assert_allclose(rotate(quaternion, vector), rotation @ vector, atol=1e-6)


@given(angles, angles, angles)
def test_the_left_handed_rotation_does_the_same_to_points_whose_x_is_mirrored(pitch, yaw, roll):
    rotation = rotation_of(pitch, yaw, roll)
    quaternion = to_left_handed(quaternion_of_rotation(rotation))
    mirror = np.array([-1, 1, 1])
    for vector in np.eye(3):
        np.testing.assert_allclose(rotate(quaternion, vector * mirror), rotation @ vector * mirror, atol=1e-6)


@given(angles, angles, angles, components, components, st.floats(0.05, 2))
def test_an_eyes_rotation_within_the_head_leads_to_its_gaze(pitch, yaw, roll, x, y, z):
    head = rotation_of(pitch, yaw, roll)
    ahead = np.array([x, y, z]) / np.linalg.norm([x, y, z])  # in the frame of the head
    eyes = eye_rotations(head[None], (head @ ahead * 3)[None, None])
    np.testing.assert_allclose(eyes[0, 0] @ (0, 0, 1), ahead, atol=1e-6)
    assert euler_angles(eyes[0])[0, 2] == pytest.approx(0, abs=1e-6)  # no roll


def test_eyes_on_the_camera_counter_the_turn_of_the_head():
    head = rotation_of(0, 25, 0)
    found = eye_rotations(head[None], np.array([[[0, 0, 1.0], [0, 0, 1.0]]]))
    np.testing.assert_allclose(np.degrees(euler_angles(found[0])), [[0, -25, 0]] * 2, atol=1e-5)
