"""Rotations of heads and eyes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attention_mesh.geometry.head_rotation import (
    angles_yxz,
    eye_rotations,
    quaternion_of_rotation,
    rotation_from_angles,
    rotation_of_pose,
    rotation_toward,
    to_left_handed,
)

# Degrees: half turns and quarter turns are where the formulas divide by small numbers.
angles = st.sampled_from([-180, -90, 0, 90, 180]) | st.floats(-180, 180)


def rotate(quaternion: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """q v q*, by the definition of Hamilton's product."""
    axis, w = quaternion[:3], quaternion[3]
    return vector + 2 * np.cross(axis, np.cross(axis, vector) + w * vector)


@given(angles, angles, angles)
def test_the_quaternion_turns_vectors_as_the_matrix_does(x, y, z):
    rotation = rotation_from_angles(np.radians([x, y, z]))
    quaternion = quaternion_of_rotation(rotation)
    assert quaternion @ quaternion == pytest.approx(1) and quaternion[3] >= 0
    for vector in np.eye(3):
        np.testing.assert_allclose(rotate(quaternion, vector), rotation @ vector, atol=1e-7)


@given(st.floats(-89, 89), st.floats(-179, 179), st.floats(-179, 179))
def test_angles_are_those_of_which_the_rotation_was_made(x, y, z):
    found = angles_yxz(rotation_from_angles(np.radians([x, y, z])))
    np.testing.assert_allclose(np.degrees(found), [x, y, z], atol=1e-6)


@pytest.mark.parametrize(
    ("angles_deg", "vector", "moved"),
    [
        ((90, 0, 0), (0, 0, 1), (0, -1, 0)),  # looks down
        ((0, 90, 0), (0, 0, 1), (1, 0, 0)),  # turns to the subject's left
        ((0, 0, 90), (0, 1, 0), (-1, 0, 0)),  # the crown moves to the subject's right shoulder
    ],
)
def test_the_sense_of_each_angle(angles_deg, vector, moved):
    np.testing.assert_allclose(rotation_from_angles(np.radians(angles_deg)) @ vector, moved, atol=1e-12)


@given(angles, angles, angles)
def test_the_left_handed_rotation_does_the_same_to_points_whose_x_is_mirrored(x, y, z):
    rotation = rotation_from_angles(np.radians([x, y, z]))
    quaternion = to_left_handed(quaternion_of_rotation(rotation))
    mirror = np.array([-1, 1, 1])
    for vector in np.eye(3):
        np.testing.assert_allclose(rotate(quaternion, vector * mirror), rotation @ vector * mirror, atol=1e-7)


def test_a_poses_scale_and_place_do_not_count():
    rotation = rotation_from_angles(np.radians([10, -20, 30]))
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = 1.07 * rotation, (3, -2, -40)
    np.testing.assert_allclose(rotation_of_pose(pose[None])[0], rotation, atol=1e-12)


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(0.05, 2))
def test_a_rotation_toward_a_direction_has_no_roll(x, y, z):
    rotation = rotation_toward(np.array([x, y, z]))
    direction = np.array([x, y, z]) / np.linalg.norm([x, y, z])
    np.testing.assert_allclose(rotation @ (0, 0, 1), direction, atol=1e-9)
    assert angles_yxz(rotation)[2] == pytest.approx(0, abs=1e-9)


def test_eyes_on_the_camera_counter_the_turn_of_the_head():
    pose = np.eye(4)
    pose[:3, :3] = rotation_from_angles(np.radians([0, 25, 0]))
    gaze = np.array([[[0, 0, 1.0], [0, 0, 1.0]]])
    found = np.degrees(angles_yxz(eye_rotations(pose[None], gaze)))
    np.testing.assert_allclose(found, [[[0, -25, 0]] * 2], atol=1e-9)
