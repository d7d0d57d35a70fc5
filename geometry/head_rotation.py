"""Rotations of heads and eyes: from poses and gaze vectors to matrices, angles and quaternions.

The frame is the metric one: right-handed, +x to the right of the image (the subject's left), +y up, +z out of
the face toward the viewer. A face that looks straight into the camera has the rotation 1.
"""

from __future__ import annotations

import numpy as np


def rotation_of_pose(poses: np.ndarray) -> np.ndarray:
    """The rotations of poses, without their scale.

    Args:
      poses: (…, 4, 4); upper left a rotation times a positive scale.

    Returns:
      (…, 3, 3) float64.
    """
    linear = np.asarray(poses, np.float64)[..., :3, :3]
    return linear / np.cbrt(np.linalg.det(linear))[..., None, None]


def rotation_toward(directions: np.ndarray) -> np.ndarray:
    """The rotations without roll that turn (0, 0, 1) into the given directions.

    Args:
      directions: (…, 3), of any length above 0.

    Returns:
      (…, 3, 3) float64, each Ry · Rx.
    """
    directions = np.asarray(directions, np.float64)
    x, y, z = np.moveaxis(directions / np.linalg.norm(directions, axis=-1, keepdims=True), -1, 0)
    about_x, about_y = -np.arcsin(np.clip(y, -1, 1)), np.arctan2(x, z)
    return rotation_from_angles(np.stack([about_x, about_y, np.zeros_like(about_x)], -1))


def eye_rotations(poses: np.ndarray, gaze: np.ndarray) -> np.ndarray:
    """The rotations of eyes within the head.

    Args:
      poses: (F, 4, 4), canonical face to camera.
      gaze: (F, E, 3), directions in the camera's frame.

    Returns:
      (F, E, 3, 3) float64; 1 for an eye that looks straight ahead of the face.
    """
    heads = rotation_of_pose(poses)
    return rotation_toward(np.einsum("fji,fej->fei", heads, np.asarray(gaze, np.float64)))


def rotation_from_angles(angles_rad: np.ndarray) -> np.ndarray:
    """Ry · Rx · Rz of (…, 3) angles about x, y and z, in radians; (…, 3, 3) float64."""
    cos, sin = np.cos(angles_rad), np.sin(angles_rad)
    (ca, cb, cc), (sa, sb, sc) = np.moveaxis(cos, -1, 0), np.moveaxis(sin, -1, 0)
    rows = [
        [cb * cc + sb * sa * sc, sb * sa * cc - cb * sc, sb * ca],
        [ca * sc, ca * cc, -sa],
        [cb * sa * sc - sb * cc, sb * sc + cb * sa * cc, cb * ca],
    ]
    return np.stack([np.stack(row, -1) for row in rows], -2)


def angles_yxz(rotations: np.ndarray) -> np.ndarray:
    """The angles about x, y and z of which a rotation is Ry · Rx · Rz, as game engines compose them.

    Args:
      rotations: (…, 3, 3).

    Returns:
      (…, 3) float64, radians: about x, positive for a face that looks down; about y, positive for a turn to
      the subject's left; about z, positive for a head that leans to the subject's right shoulder.
    """
    about_x = -np.arcsin(np.clip(rotations[..., 1, 2], -1, 1))
    about_y = np.arctan2(rotations[..., 0, 2], rotations[..., 2, 2])
    about_z = np.arctan2(rotations[..., 1, 0], rotations[..., 1, 1])
    return np.stack([about_x, about_y, about_z], -1)


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
    squares = np.append((1 + 2 * np.diag(rotation) - trace), 1 + trace) / 4  # of x, y, z, w
    largest = int(np.argmax(squares))
    # products[i, j] = q_i q_j
    off = rotation - rotation.T
    products = (rotation + rotation.T) / 4
    w_products = np.array([off[2, 1], off[0, 2], off[1, 0]]) / 4
    row = np.append(products[largest], w_products[largest]) if largest < 3 else np.append(w_products, 0.0)
    row[largest] = squares[largest]
    quaternion = row / np.sqrt(squares[largest])
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
