"""Faces for the tests of makeup: landmarks of the canonical face, and a picture of it."""

from __future__ import annotations

import cv2
import numpy as np

from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.models.topology.landmark_groups import landmark_groups

SIZE = (240, 280)
SKIN, LIP, DARK = (205, 160, 140), (165, 95, 92), (40, 20, 20)
_LOWER = ("lower_outer_lip", "lower_outer_lip_ridge", "lower_inner_lip_ridge", "lower_inner_lip")


def face_px(opened: float = 0.0, scale: float = 12.0, center: tuple[float, float] = (120, 110)) -> np.ndarray:
    """(478, 3) px, the canonical face; the middle of the lower lip lies `opened` px lower."""
    points = canonical_face().vertices * (scale, -scale, -scale) + (*center, 0)
    drop = np.clip(np.sin(np.linspace(0, np.pi, 11)), 0, 1) * opened
    for name in _LOWER:
        points[landmark_groups()[name], 1] += drop
    return points.astype(np.float32)


def picture(face: np.ndarray, opening: tuple[int, int, int] = DARK) -> np.ndarray:
    """(280, 240, 3) uint8: skin with lips, shaded and textured."""
    groups = landmark_groups()
    image = np.full((SIZE[1], SIZE[0], 3), SKIN, np.uint8)
    for color, (upper, lower) in (
        (LIP, ("upper_outer_lip", "lower_outer_lip")),
        (opening, ("upper_inner_lip", "lower_inner_lip")),
    ):
        ring = np.concatenate([face[groups[upper], :2], face[groups[lower], :2][::-1]])
        cv2.fillPoly(image, [np.rint(ring - 0.5).astype(np.int32)], color)
    shade = 1 + 0.12 * np.sin(np.arange(SIZE[0]) * 1.1) * np.cos(np.arange(SIZE[1]) * 0.6)[:, None]
    return np.clip(image * shade[..., None], 0, 255).astype(np.uint8)
