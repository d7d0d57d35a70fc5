"""Portrait fit: fits a rig to the landmarks of a photo, so that the photo can become its skin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attention_mesh.models.training.synthetic.face_rig import FaceRig
from attention_mesh.models.training.synthetic.point_maps import similarity

_ROUNDS = 6
_NOISE = 0.15  # standard deviation of a landmark in x and y, in the rig's units; z is less certain
_DEPTH_NOISE = 0.5
_EXPRESSION_SPREAD = 0.3  # standard deviation of a weight; an identity's is 1
_REACH = 1.5  # reach of a landmark's correction over the skin, in the rig's units
_STIFFNESS = 0.05  # of the correction; 0 would follow every landmark exactly


@dataclass(frozen=True)
class PortraitFit:
    """The pose of a rig in a photo.

    Attributes:
        image_px: (V, 2) float32, the place of each vertex in the photo.
        facing: (V,) 0 to 1, cosine between the skin's normal and the direction of the camera; 0 if the skin
            faces away.
        residual_px: mean distance of fitted and given landmarks before the correction that makes them agree.
    """

    image_px: np.ndarray
    facing: np.ndarray
    residual_px: float


def fit_portrait(rig: FaceRig, landmarks: np.ndarray) -> PortraitFit:
    """Fits identity, expression and a weak-perspective pose, then pulls the skin onto the landmarks.

    Args:
        rig: the rig.
        landmarks: (478, 3) float32, x, y in pixels, y down, z on x's scale, smaller is nearer.
    """
    target = landmarks.astype(np.float64) * (1, -1, -1)
    neutral = rig.landmarks(rig.neutral).astype(np.float64)
    shapes = np.concatenate([rig.identities, rig.expressions])
    basis = np.stack([rig.landmarks(shape) for shape in shapes]).astype(np.float64)
    spread = np.r_[np.ones(len(rig.identities)), np.full(len(rig.expressions), _EXPRESSION_SPREAD)]
    weights = np.array([1, 1, (_NOISE / _DEPTH_NOISE) ** 2]) / _NOISE**2
    flat = basis.reshape(len(basis), -1)
    weighted = (basis * weights).reshape(len(basis), -1)
    normal = weighted @ flat.T + np.diag(1 / spread**2)
    values = np.zeros(len(basis))
    for _ in range(_ROUNDS):
        scale, turn, shift = similarity(neutral + np.tensordot(values, basis, 1), target)
        straight = ((target - shift) @ turn) / scale - neutral
        values = np.linalg.solve(normal, weighted @ straight.ravel())
        values[len(rig.identities) :] = values[len(rig.identities) :].clip(-0.2, 1)
    vertices = rig.neutral + np.tensordot(values, shapes, 1)
    scale, turn, shift = similarity(rig.landmarks(vertices), target)
    placed = (scale * vertices @ turn.T + shift) * (1, -1, -1)
    gap = landmarks[:, :2] - rig.landmarks(placed)[:, :2]
    return PortraitFit(
        (placed[:, :2] + _spread(rig, vertices, gap)).astype(np.float32),
        np.clip(-vertex_normals(placed, rig.triangles)[:, 2], 0, 1),
        float(np.linalg.norm(gap, axis=1).mean()),
    )


def vertex_normals(vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(V, 3) float32 unit normals, outward for counter-clockwise triangles in a right-handed frame."""
    corners = vertices[triangles]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    sums = np.stack(
        [np.bincount(triangles.ravel(), np.repeat(normals[:, axis], 3), len(vertices)) for axis in range(3)],
        1,
    )
    return (sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)).astype(np.float32)


def _spread(rig: FaceRig, vertices: np.ndarray, gap: np.ndarray) -> np.ndarray:
    """(V, 2) corrections of all vertices from those of the landmarks (478, 2), by Gaussian kernels."""
    points = rig.landmarks(vertices)

    def kernel(places: np.ndarray) -> np.ndarray:
        squares = (places**2).sum(1)[:, None] + (points**2).sum(1) - 2 * places @ points.T
        return np.exp(-squares / (2 * _REACH**2))

    return kernel(vertices) @ np.linalg.solve(kernel(points) + _STIFFNESS * np.eye(len(points)), gap)
