"""Surface of lips: the mesh's quads on them, their normals, and the parts that a turned head hides."""

from __future__ import annotations

from functools import cache

import numpy as np

from attention_mesh.drawing.makeup.arithmetic import length_of, ramp
from attention_mesh.drawing.makeup.fill_quads import fill_quads
from attention_mesh.drawing.makeup.lip_mask import LipMask
from attention_mesh.drawing.makeup.soft_blur import soft_blur
from attention_mesh.models.topology.landmark_groups import landmark_groups

# z of unit normals, 1 toward the viewer, at which a lip's outer edge is hidden, and is seen. On 95 % of
# frontal portraits, it is above 0.3 everywhere.
_HIDDEN, _SEEN = 0.02, 0.14
_TOWARD = np.array([[1], [-1]], np.float32)  # signs of both lips' normals
# Rows and columns of a lip's grid at which the corners of its quads lie.
_QUAD_ROWS = np.arange(3)[:, None, None] + np.array([0, 0, 1, 1])
_QUAD_COLUMNS = np.arange(10)[:, None] + np.array([0, 1, 1, 0])
_SOFT = 0.02  # standard deviation relative to the mouth's width


def lip_quads(landmarks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The quads of both lips, and their unit normals.

    Args:
      landmarks: (N, 3) float32, N at least 468; z on x's scale, smaller is nearer.

    Returns:
      (2, 3, 10, 4, 2) x and y of the corners: upper and lower lip, from the skin to the opening, from the
      subject's right to left. (3, 2, 3, 10) x, y and z of the normals; if a lip is seen, those of the upper
      one point away from the viewer, those of the lower one toward the viewer.
    """
    corners = landmarks[lip_grids()]
    quads = corners[:, _QUAD_ROWS, _QUAD_COLUMNS, :2]
    planes = np.ascontiguousarray(corners.transpose(3, 0, 1, 2))
    normals = _cross(planes[..., 1:, 1:] - planes[..., :-1, :-1], planes[..., 1:, :-1] - planes[..., :-1, 1:])
    normals /= np.maximum(length_of(*normals), 1e-6)
    return quads, normals


def turned_away(mask: LipMask, landmarks_px: np.ndarray) -> np.ndarray | None:
    """Where lips are turned so far that they are hidden, or seen from the edge only.

    Args:
      mask: of the lips.
      landmarks_px: (N, 3 or 2) float; x, y in pixels, z on x's scale. Without z, all is seen.

    Returns:
      (h, w) float32 on the mask's part of the image, 0 to 1; None if all of the lips is seen.
    """
    if landmarks_px.shape[1] < 3:
        return None
    rims = landmarks_px[lip_grids()[:, :2]].astype(np.float32)
    outer, ridge = np.ascontiguousarray(rims.transpose(1, 3, 0, 2))
    normals = _cross(ridge[..., 1:] - outer[..., :-1], ridge[..., :-1] - outer[..., 1:])
    facing = normals[2] * _TOWARD
    facing /= np.maximum(length_of(*normals), 1e-6)
    if not facing.min() < _SEEN:  # so for NaN too
        return None
    hidden = ramp(facing, _SEEN, _HIDDEN)
    outer = rims[:, 0]
    coverage = np.zeros(mask.coverage.shape, np.float32)
    origin = np.array([mask.left, mask.top]) + 0.5
    inner = landmarks_px[lip_grids()[:, -1], :2].astype(np.float32)
    skin = outer[..., :2]
    beyond = skin + 0.3 * (skin - inner) - origin  # the mask is feathered beyond the landmarks
    opening = inner - origin
    quads = np.stack([beyond[:, :-1], beyond[:, 1:], opening[:, 1:], opening[:, :-1]], axis=2)
    turned = hidden > 0
    fill_quads(coverage, quads[turned], hidden[turned])
    return soft_blur(coverage, max(_SOFT * mask.width_px, 0.5))


def _cross(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Cross products of (3, ...); np.cross takes 5 times as long for few vectors."""
    (x1, y1, z1), (x2, y2, z2) = one, other
    result = np.empty_like(one)
    np.subtract(y1 * z2, z1 * y2, out=result[0])
    np.subtract(z1 * x2, x1 * z2, out=result[1])
    np.subtract(x1 * y2, y1 * x2, out=result[2])
    return result


@cache
def lip_grids() -> np.ndarray:
    """(2, 4, 11) int: rows of landmarks across the upper and the lower lip, from the skin to the opening."""
    groups = landmark_groups()
    rows = ("outer_lip", "outer_lip_ridge", "inner_lip_ridge", "inner_lip")
    return np.stack([[groups[f"{side}_{row}"] for row in rows] for side in ("upper", "lower")])
