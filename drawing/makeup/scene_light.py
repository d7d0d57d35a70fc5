"""The light on a face, by its skin: paint shows the light's cast and level as skin does."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from attention_mesh.drawing.makeup.lab_color import LIGHTNESS_OFFSET, rgb_to_lab
from attention_mesh.drawing.makeup.lip_memory import LipMemory
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.models.topology.mirror import mirror_landmarks

# a and b (CIELAB) of skin beside the lips: the middle of the portraits of all tones that the benchmark reads,
# and how far skin varies there, which says nothing about the light.
_SKIN = np.array([10, 16], np.float32)
_VARIES = np.array([7, 9], np.float32)
_FOLLOWED = 0.6
USUAL_SKIN = np.array([62, *_SKIN], np.float32)
"""CIELAB of skin of middle level in even light."""
_LEVELS = (0.5, 1.1)
_LEAST_SAMPLES = 5
# L + 16 of a cheek relative to the face's, and difference in a and b, at which the cheek is covered.
_COVERED_LEVEL, _COVERED_OTHER = 0.32, 30.0


class SkinLight(NamedTuple):
    """What the skin of a face says about the light on it.

    Attributes:
      color: (3,) float32, CIELAB, of the skin.
      cast: (2,) float32, what the light adds to a and b of a color on this face.
      level: factor on L + 16 of a color on this face.
      cheeks: (3,) float32 CIELAB of the right and of the left cheek, which may be in different light.
    """

    color: np.ndarray
    cast: np.ndarray
    level: float
    cheeks: tuple[np.ndarray, np.ndarray]

    @property
    def lightness(self) -> float:
        """L of the skin."""
        return float(self.color[0])


def skin_light(image: np.ndarray, landmarks_px: np.ndarray, memory: LipMemory | None = None) -> SkinLight:
    """The light on a face, by skin that seldom has hair, folds or shadows.

    Args:
      image: (H, W, 3) uint8 RGB, not painted.
      landmarks_px: (N, 2 or more) float, N at least 468; pixels. Landmarks outside the image do not count.
      memory: of this face, in a video.
    """
    color = _lighter_half(image, landmarks_px[landmark_groups()["even_skin"], :2])
    if color is None:
        return SkinLight(USUAL_SKIN, np.zeros(2, np.float32), 1.0, (USUAL_SKIN, USUAL_SKIN))
    cheek = landmark_groups()["right_even_cheek"]
    right, left = (_cheek(image, landmarks_px[each], color) for each in (cheek, mirror_landmarks()[cheek]))
    if memory:
        color, right, left = memory.measure("skin", np.stack([color, right, left]))
    usual = float((color[0] + LIGHTNESS_OFFSET) / (USUAL_SKIN[0] + LIGHTNESS_OFFSET))
    level = min(max(usual**_FOLLOWED, _LEVELS[0]), _LEVELS[1])
    return SkinLight(color, _cast(color[1:]), level, (right, left))


def _cheek(image: np.ndarray, points: np.ndarray, face: np.ndarray) -> np.ndarray:
    """(3,) CIELAB of one cheek; that of the face if the cheek is outside the image or covered."""
    color = _lighter_half(image, points[:, :2])
    if color is None:
        return face
    level = (color[0] + LIGHTNESS_OFFSET) / (face[0] + LIGHTNESS_OFFSET)
    covered = level < _COVERED_LEVEL or np.abs(color[1:] - face[1:]).max() > _COVERED_OTHER
    return face if covered else color


def _lighter_half(image: np.ndarray, points: np.ndarray) -> np.ndarray | None:
    """(3,) float32 CIELAB of the pixels at points (P, 2), without the darker half: hairs and shadows."""
    inside = ((points >= 0) & (points < (image.shape[1], image.shape[0]))).all(axis=1)  # False for NaN
    x, y = points[inside].astype(int).T
    if len(x) < _LEAST_SAMPLES:
        return None
    skin = rgb_to_lab(image[y, x][None])[0]
    order = np.argsort(skin[:, 0])[len(skin) // 2 :]
    return np.sort(skin[order], axis=0)[len(order) // 2]


def _cast(skin: np.ndarray) -> np.ndarray:
    off = skin - _SKIN
    return (_FOLLOWED * np.sign(off) * np.maximum(np.abs(off) - _VARIES, 0)).astype(np.float32)
