"""Head pose: how a head is turned and where it is, and its face in centimeters, from landmarks."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from attention_mesh.geometry.number_arrays import number_array
from attention_mesh.geometry.perspective_camera import PerspectiveCamera
from attention_mesh.geometry.procrustes import WeightedProcrustes

DEFAULT_CAMERA = PerspectiveCamera()


class MetricFaces(NamedTuple):
    """Faces in centimeters and their poses.

    A pose maps canonical coordinates to the camera's frame (see `PerspectiveCamera`), for column vectors. So
    `poses[f] @ (x, y, z, 1)` of a point projects onto the landmark from which it comes.

    Attributes:
        points: (F, N, 3) float32, cm; the faces in the frame of the canonical face, without their poses.
        poses: (F, 4, 4) float32; a rotation and a translation in cm. The translation's z is negative.
    """

    points: np.ndarray
    poses: np.ndarray


def metric_faces(
    landmarks_norm: np.ndarray,
    image_size: tuple[int, int],
    canonical: np.ndarray | WeightedProcrustes,
    camera: PerspectiveCamera = DEFAULT_CAMERA,
) -> MetricFaces:
    """Poses of heads, and their faces in centimeters.

    The picture gives neither the size of a head nor its distance. So the size is that of the canonical face,
    and the distance follows from the camera's angle of view.

    The method is that of MediaPipe's face geometry module. The landmarks' z is on the scale of x at the mean
    depth of the face. So at a distance of 1, a landmark is at depth 1 + z, and its ray through the picture
    gives the other two coordinates. Weighted Procrustes analysis fits the canonical face to these points: its
    scale is one by the distance. MediaPipe repeats this with the scale it has found. That changes nothing,
    since all points are proportional to the assumed distance.

    Args:
        landmarks_norm: (F, N, 3), as in `NormalizedLandmarks`: x, y as fractions of the picture, z by its
            width.
        image_size: (width, height), pixels.
        canonical: (N, 3), the canonical face in cm, all of whose points count alike; or the
            `WeightedProcrustes` of that face, which also saves a quarter of the time.
        camera: the camera that took the picture.

    Returns:
        The faces, in their order. A face so small that it would be beyond `camera.far_cm` is put there.

    Raises:
        ValueError: a shape or the size of the picture is wrong, or a landmark is no finite number.
    """
    basis = canonical if isinstance(canonical, WeightedProcrustes) else WeightedProcrustes(canonical)
    points = unprojected(landmarks_norm, image_size, camera)
    scales, rotations, translations = basis.fit(points)
    distances = 1 / np.maximum(scales, 1 / camera.far_cm)
    poses = np.zeros((len(points), 4, 4), np.float32)
    poses[:, :3, :3] = rotations
    poses[:, :3, 3] = translations * distances[:, None]
    poses[:, 3, 3] = 1
    points *= distances[:, None, None].astype(np.float32)
    points -= poses[:, None, :3, 3]
    return MetricFaces(points @ poses[:, :3, :3], poses)


def unprojected(
    landmarks_norm: np.ndarray, image_size: tuple[int, int], camera: PerspectiveCamera
) -> np.ndarray:
    """(F, N, 3) float32: the landmarks in the camera's frame, if their mean depth were at a distance of 1.

    Args:
        landmarks_norm, image_size, camera: as in `metric_faces`.

    Raises:
        ValueError: a shape or the size of the picture is wrong.
    """
    expected = "(faces, landmarks, 3)"
    landmarks = number_array(landmarks_norm, "landmarks", expected).astype(np.float32, copy=False)
    if landmarks.ndim != 3 or landmarks.shape[2] != 3:
        raise ValueError(f"landmarks have shape {landmarks.shape}; expected {expected}")
    scale, offset = _screen(_checked_size(image_size), camera.height_at_one, landmarks.shape[1])
    points = landmarks * scale
    points += offset
    depths = points[:, :, 2]
    depths -= depths.mean(1, keepdims=True) + 1  # negative: in front of the camera
    points[:, :, :2] *= -depths[:, :, None]
    return points


def euler_angles(poses: np.ndarray) -> np.ndarray:
    """Pitch, yaw and roll of heads.

    The rotation is first the yaw, then the pitch and the roll about the axes of the turned head: R = Ry(yaw)
    · Rx(-pitch) · Rz(-roll) with right-handed rotations. All are 0 if the face looks straight along the
    camera's axis.

    Args:
        poses: (F, 4, 4) or (F, 3, 3), with any scale.

    Returns:
        (F, 3) float32, radians: pitch, positive up, from -π/2 to π/2; yaw, positive to the subject's left,
        which is the right of the picture; roll, positive toward the subject's left shoulder, clockwise in the
        picture. Angles of a pose with a NaN are NaN.

    Raises:
        ValueError: the poses are no numbers or have another shape.
    """
    expected = "(F, 4, 4) or (F, 3, 3)"
    matrix = number_array(poses, "poses", expected).astype(np.float64)
    if matrix.shape[1:] not in ((4, 4), (3, 3)):
        raise ValueError(f"poses have shape {matrix.shape}; expected {expected}")
    pitch = np.arctan2(matrix[:, 1, 2], np.hypot(matrix[:, 1, 0], matrix[:, 1, 1]))
    yaw = np.arctan2(matrix[:, 0, 2], matrix[:, 2, 2])
    roll = np.arctan2(-matrix[:, 1, 0], matrix[:, 1, 1])
    return np.stack([pitch, yaw, roll], 1).astype(np.float32)


def rotation_matrices(angles: np.ndarray) -> np.ndarray:
    """(F, 3, 3) float32 rotations of pitch, yaw and roll (F, 3) in radians: the inverse of `euler_angles`."""
    pitch, yaw, roll = np.asarray(angles, np.float64).T
    (cp, cy, cr), (sp, sy, sr) = np.cos([pitch, yaw, roll]), np.sin([pitch, yaw, roll])
    return (
        np.stack(
            [
                *(cy * cr + sy * sp * sr, cy * sr - sy * sp * cr, sy * cp),
                *(-cp * sr, cp * cr, sp),
                *(-sy * cr + cy * sp * sr, -sy * sr - cy * sp * cr, cy * cp),
            ],
            1,
        )
        .reshape(-1, 3, 3)
        .astype(np.float32)
    )


def _checked_size(image_size: tuple[int, int]) -> tuple[float, float]:
    try:
        columns, rows = (float(side) for side in image_size)
    except (TypeError, ValueError):
        raise ValueError(f"image size is {image_size!r}; expected (width, height) in pixels") from None
    if not (0 < columns < math.inf and 0 < rows < math.inf):
        raise ValueError(f"image size (width, height) is {image_size}; both must be above 0")
    return columns, rows


@lru_cache(maxsize=8)
def _screen(
    image_size: tuple[float, float], height: float, num_landmarks: int
) -> tuple[np.ndarray, np.ndarray]:
    """Two (N, 3) float32: factor and summand from normalized landmarks to the plane at a distance of 1.

    As large as the landmarks, because broadcasting three columns takes several times as long.
    """
    columns, rows = image_size
    width = height * columns / rows
    tall = (num_landmarks, 1)
    scale = np.tile(np.array([width, -height, -width], np.float32), tall)
    return scale, np.tile(np.array([-width / 2, height / 2, 0], np.float32), tall)
