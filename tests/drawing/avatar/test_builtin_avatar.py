"""The built-in avatar: every shape moves it, lids close over the eyes, eyes and body follow the head."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.drawing.avatar.avatar_model import look_angles
from attention_mesh.drawing.avatar.builtin_avatar import FILE, builtin_avatar
from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES
from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.models.topology.face_topology import FaceTopology
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.models.topology.mirror import mirror_landmarks

EYES = ("LEFT_EYE", "RIGHT_EYE")


def weights(**values: float) -> np.ndarray:
    out = np.zeros(len(BLENDSHAPE_NAMES), np.float32)
    for name, value in values.items():
        for row, shape in enumerate(BLENDSHAPE_NAMES):
            if shape in (name, f"{name}Left", f"{name}Right"):
                out[row] = value
    return out


def turned(yaw_rad: float) -> np.ndarray:
    pose = np.eye(4)
    pose[0, 0] = pose[2, 2] = np.cos(yaw_rad)
    pose[0, 2], pose[2, 0] = np.sin(yaw_rad), -np.sin(yaw_rad)
    return pose


def posed(values: np.ndarray, pose: np.ndarray | None = None, gaze: np.ndarray | None = None) -> np.ndarray:
    return builtin_avatar().posed(values, np.eye(4) if pose is None else pose, gaze)[0]


def test_the_file_is_small_and_the_face_is_the_canonical_one() -> None:
    assert FILE.stat().st_size < 1_000_000
    distance = np.linalg.norm(posed(weights())[:468] - canonical_face().vertices[:468], axis=1)
    assert np.median(distance) < 0.1  # cm: subdivision smooths
    assert distance.max() < 0.7  # of the lips and lids, which were refitted


def test_every_shape_moves_the_avatar_and_left_is_right_mirrored() -> None:
    still, mirror = posed(weights()), mirror_landmarks()[:468]
    for name in BLENDSHAPE_NAMES:
        moved = posed(weights(**{name: 1.0})) - still
        assert np.abs(moved).max() > 0.1, name  # cm
        if name.endswith("Left") and name not in ("jawLeft", "mouthLeft"):
            other = posed(weights(**{name.removesuffix("Left") + "Right": 1.0})) - still
            image = other[:468][mirror] * (-1, 1, 1)
            assert np.abs(moved[:468] - image).mean() < 0.1 * np.abs(moved[:468]).max(), name


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_lids_stay_in_front_of_the_eyes(share: float) -> None:
    points = posed(weights(eyeBlink=share))
    for eye, name in zip(builtin_avatar().eyes, EYES, strict=True):
        radius = np.linalg.norm(builtin_avatar().vertices[eye.vertices] - eye.center, axis=1).min()
        rim = points[FaceTopology.load().ring(name)]
        assert np.linalg.norm(rim - eye.center, axis=1).min() > radius - 0.02  # cm


def test_a_blink_closes_and_a_look_down_does_not() -> None:
    ring = FaceTopology.load().ring("LEFT_EYE")

    def opening(values: np.ndarray) -> float:
        points = posed(values)[ring]
        return float(np.ptp(points[:, 1]))

    still = opening(weights())
    assert opening(weights(eyeBlink=1.0)) < 0.35 * still
    assert opening(weights(eyeWide=1.0)) > 1.1 * still
    assert opening(weights(eyeLookDown=1.0)) > 0.5 * still


def test_the_mouth_opens_and_mouth_close_shuts_the_lips_of_an_open_jaw() -> None:
    upper, lower = landmark_groups()["inner_lip_middles"]

    def gap(values: np.ndarray) -> float:
        points = posed(values)
        return float(points[upper, 1] - points[lower, 1])

    assert abs(gap(weights())) < 0.1
    assert gap(weights(jawOpen=1.0)) > 2
    assert abs(gap(weights(jawOpen=1.0, mouthClose=1.0))) < 0.35


def test_eyes_look_where_the_gaze_says_whatever_the_head_does() -> None:
    gaze = np.array([[0.3, 0.1, 1]] * 3)
    gaze /= np.linalg.norm(gaze, axis=1, keepdims=True)
    model = builtin_avatar()
    rest = model.vertices
    for pose in (np.eye(4), turned(0.4)):
        points = posed(weights(), pose, gaze)
        for eye in model.eyes:
            front = eye.vertices[rest[eye.vertices, 2].argmax()]
            center = pose[:3, :3] @ eye.center
            looks = points[front] - center
            # The foremost vertex is next to the pupil: a few degrees.
            assert looks @ gaze[0] / np.linalg.norm(looks) > np.cos(np.radians(4))


def test_look_coefficients_are_angles_of_each_eye() -> None:
    np.testing.assert_allclose(
        np.degrees(look_angles(weights(eyeLookOutLeft=1.0, eyeLookInRight=1.0))),
        [[30, 0], [30, 0]],
        atol=1e-4,
    )
    up = np.degrees(look_angles(weights(eyeLookUp=1.0)))
    assert (up[:, 1] > 20).all() and (up[:, 0] == 0).all()


def test_shoulders_stay_while_the_head_turns() -> None:
    still, after = posed(weights()), posed(weights(), turned(0.6))
    upright = builtin_avatar().upright
    assert upright is not None
    body = upright > 0.999
    # The pivot of the neck lies behind the face's origin, so the body shifts but does not turn.
    shift = after[body] - still[body]
    assert body.sum() > 100
    np.testing.assert_allclose(shift, np.broadcast_to(shift[0], shift.shape), atol=0.01)
    assert np.abs(after[:468] - still[:468]).max() > 2


def test_normals_have_unit_length() -> None:
    _, normals = builtin_avatar().posed(weights(jawOpen=1.0), turned(0.3))
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-3)
