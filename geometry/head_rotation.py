"""Rotations of heads and eyes for other programs: eyes within the head, quaternions, Unity's frame.

The frame is the metric one: right-handed, +x to the right of the picture (the subject's left), +y up, +z out
of the face toward the viewer. A face that looks along the camera's axis has the rotation 1. `head_pose` gives
the angles of rotations.
"""

from __future__ import annotations

import numpy as np

from attention_mesh.geometry.head_pose import rotation_matrices


def eye_rotations(heads: np.ndarray, gaze: np.ndarray) -> np.ndarray:
    """The rotations of eyes within the head, which have no roll.

    Args:
      heads: (F, 3, 3), rotations of the heads.
      gaze: (F, E, 3), directions in the camera's frame, of any length above 0.

    Returns:
      (F, E, 3, 3) float32; 1 for an eye that looks straight ahead of the face.
    """
    directions = np.einsum("fji,fej->fei", heads, np.asarray(gaze, np.float64))
    x, y, z = np.moveaxis(directions / np.linalg.norm(directions, axis=-1, keepdims=True), -1, 0)
    pitch, yaw = np.arcsin(np.clip(y, -1, 1)), np.arctan2(x, z)
    angles = np.stack([pitch, yaw, np.zeros_like(yaw)], -1)
    return rotation_matrices(angles.reshape(-1, 3)).reshape(*directions.shape[:2], 3, 3)


def quaternion_of_rotation(rotation: np.ndarray) -> np.ndarray:
    """The unit quaternion x, y, z, w of one rotation, with w ≥ 0.

    The largest component is computed first, which is stable for every rotation (Shepperd, "Quaternion from
    rotation matrix", 1978).

    Args:
      rotation: (3, 3).

    Returns:
      (4,) float64.
    """
    trace = np.trace(rotation)
    squares = np.append(1 + 2 * np.diag(rotation) - trace, 1 + trace) / 4  # of x, y, z, w
    largest = int(np.argmax(squares))
    odd = rotation - rotation.T
    with_w = np.array([odd[2, 1], odd[0, 2], odd[1, 0]]) / 4  # x w, y w, z w
    if largest == 3:
        products = np.append(with_w, squares[3])
    else:
        products = np.append((rotation + rotation.T)[largest] / 4, with_w[largest])
        products[largest] = squares[largest]
    quaternion = products / np.sqrt(squares[largest])
    return -quaternion if quaternion[3] < 0 else quaternion


def to_left_handed(quaternion: np.ndarray) -> np.ndarray:
    """The same rotation in Unity's frame: left-handed, +x to the avatar's right, +y up, +z ahead of its face.

    Only the x axis points the other way. A rotation about it stays, those about y and z change their sense.

    Args:
      quaternion: (4,), x, y, z, w in the metric frame.

    Returns:
      (4,), x, y, z, w.
    """
    return quaternion * np.array([1.0, -1.0, -1.0, 1.0])
