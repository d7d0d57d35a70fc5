"""Gaze: the directions in which eyes look, from irises, eye corners and head poses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attention_mesh.geometry.number_arrays import number_array

VERGENCE_SHARE = 0.3


@dataclass(frozen=True, eq=False)
class EyeModel:
    """Where the eyeballs are, in relation to the corners of the eyes, and which landmarks show it.

    The center is the point about which an eye turns. The frame is the canonical face's: x to the subject's
    left, y up, z out of the face, in cm.

    Attributes:
        corners: (2, 2) int, the landmarks of the corners of the left and of the right eye.
        irises: (2, K) int, landmarks whose mean is the center of the left and of the right iris.
        center: of the left eye, from the middle of its corners; the right eye's is its mirror image. The
            default is fitted to portraits of 102 people who look into the camera (docs/gaze.md).
        radius: from the center to the middle of the iris. The default is that of people: 13.5 mm from the
            front of the cornea to the center of rotation, less 3.5 mm from there to the plane of the iris.
    """

    corners: np.ndarray
    irises: np.ndarray
    center: tuple[float, float, float] = (0.135, 0.17, -0.67)
    radius: float = 1.0


def gaze_vectors(
    points: np.ndarray,
    poses: np.ndarray,
    eyes: EyeModel,
    open_eyes: np.ndarray | None = None,
    vergence_share: float = VERGENCE_SHARE,
) -> np.ndarray:
    """The directions in which eyes look.

    The picture shows on which ray from the camera an iris is. The iris is where this ray meets the sphere
    about the center of the eye, and the direction goes from there outward. So the depths of the irises, which
    no network sees well, do not matter, and turned heads are no special case. An iris that is seen beside the
    sphere looks to the side at a right angle.

    Both eyes look at one point. Beyond arm's length they are nearly parallel, and one is never above the
    other. But the irises and corners of people who look into the camera differ by 7 degrees (standard
    deviation). So only a share of the horizontal difference of both eyes is kept, and none of the vertical
    one.

    A closed eye has no iris: it takes the direction of the other eye. If both are closed, it is the direction
    in which the head faces.

    Args:
        points: (F, N, 3), cm, the metric landmarks of `metric_faces`: in the frame of the canonical face.
        poses: (F, 4, 4), the poses of the faces.
        eyes: the model of the eyes.
        open_eyes: (F, 2) bool, left and right. Default: all are open.
        vergence_share: the share of the measured horizontal difference of both eyes that is kept, 0 to 1. 1
            leaves each eye as it was measured, vertically too.

    Returns:
        (F, 3, 3) float32 unit vectors: the left eye, the right eye and the mean of both. They are in the
        camera's frame: x to the right of the picture, y up, z toward the viewer. (0, 0, 1) looks along the
        camera's axis, out of the picture. A face of whose irises, corners or pose a number is NaN gets NaN.

    Raises:
        ValueError: points or poses are no numbers, a shape is another, there are fewer landmarks than the
            model of the eyes needs, or the share is not between 0 and 1.
    """
    if not 0 <= vergence_share <= 1:
        raise ValueError(f"vergence_share is {vergence_share:g}; expected a number from 0 to 1")
    points = number_array(points, "metric landmarks", "(F, N, 3)")
    poses = number_array(poses, "poses", "(F, 4, 4)")
    needed = int(max(eyes.corners.max(), eyes.irises.max())) + 1
    if points.ndim != 3 or points.shape[2] != 3 or points.shape[1] < needed:
        raise ValueError(
            f"metric landmarks have shape {points.shape}; expected (F, N, 3) with at least {needed} "
            "landmarks: the irises are needed"
        )
    faces = len(points)
    if poses.shape != (faces, 4, 4):
        raise ValueError(f"poses have shape {poses.shape}; expected ({faces}, 4, 4), one per face")
    rotations = poses[:, :3, :3]
    cameras = -np.einsum("fij,fi->fj", rotations, poses[:, :3, 3])[:, None]
    rays = points[:, eyes.irises].mean(2) - cameras
    rays /= np.linalg.norm(rays, axis=2, keepdims=True)
    sides = np.array([[1, 1, 1], [-1, 1, 1]], np.float32)
    centers = points[:, eyes.corners].mean(2) + sides * np.array(eyes.center, np.float32)
    # From each center to the ray's nearest point, and from there back toward the camera to the sphere.
    along = ((centers - cameras) * rays).sum(2, keepdims=True)
    beside = cameras + along * rays - centers
    depth = np.sqrt(np.maximum(eyes.radius**2 - (beside * beside).sum(2, keepdims=True), 0))
    looks = beside - depth * rays
    if open_eyes is not None:
        is_open = np.asarray(open_eyes, bool)
        if is_open.shape != (faces, 2):
            raise ValueError(f"open_eyes have shape {is_open.shape}; expected ({faces}, 2), left and right")
        looks = _with_closed_eyes(looks, is_open[:, :, None])
    looks = _unit(looks)
    if vergence_share != 1:
        looks = _with_vergence(looks, vergence_share)
    every = np.concatenate([looks, _unit(looks.sum(1, keepdims=True))], 1)
    return np.einsum("fij,fej->fei", rotations, every).astype(np.float32)


def _with_vergence(looks: np.ndarray, share: float) -> np.ndarray:
    """(F, 2, 3): the mean of both eyes, plus and minus a share of half their horizontal difference."""
    mean = _unit(looks.sum(1, keepdims=True))
    half = (looks[:, :1] - looks[:, 1:]) * np.array([share / 2, 0, 0], looks.dtype)
    return _unit(np.concatenate([mean + half, mean - half], 1))


def _with_closed_eyes(looks: np.ndarray, is_open: np.ndarray) -> np.ndarray:
    """(F, 2, 3) with the direction of the other eye for a closed one, and straight ahead if both are."""
    ahead = np.array([0, 0, 1], looks.dtype)
    others = np.where(is_open[:, ::-1], looks[:, ::-1], ahead)
    return np.where(is_open, looks, others)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=2, keepdims=True), 1e-12)


def angles_between(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Angles between unit vectors (…, 3), in radians: float64 (…)."""
    cross = np.linalg.norm(np.cross(np.asarray(first, np.float64), second), axis=-1)
    return np.arctan2(cross, (np.asarray(first, np.float64) * second).sum(-1))
