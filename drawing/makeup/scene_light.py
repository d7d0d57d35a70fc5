"""The light on a face, by its skin: paint shows the light's cast and level as skin does."""

from __future__ import annotations

from functools import cache
from itertools import accumulate
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
    groups = _samples()
    even, right, left = colors_at(
        image, landmarks_px[np.concatenate(groups), :2], [len(each) for each in groups]
    )
    color = _lighter_half(even)
    if color is None:
        return SkinLight(USUAL_SKIN, np.zeros(2, np.float32), 1.0, (USUAL_SKIN, USUAL_SKIN))
    cheeks = np.array([color, _cheek(right, color), _cheek(left, color)])
    if memory:
        cheeks = memory.measure("skin", cheeks)
    color = cheeks[0]
    usual = float(color[0] + LIGHTNESS_OFFSET) / (float(USUAL_SKIN[0]) + LIGHTNESS_OFFSET)
    level = min(max(usual**_FOLLOWED, _LEVELS[0]), _LEVELS[1])
    return SkinLight(color, _cast(color[1:]), level, (cheeks[1], cheeks[2]))


def _cheek(samples: np.ndarray, face: np.ndarray) -> np.ndarray:
    """(3,) CIELAB of one cheek; that of the face if the cheek is outside the image or covered."""
    color = _lighter_half(samples)
    if color is None:
        return face
    level = (color[0] + LIGHTNESS_OFFSET) / (face[0] + LIGHTNESS_OFFSET)
    other = max(abs(float(color[1] - face[1])), abs(float(color[2] - face[2])))
    return face if level < _COVERED_LEVEL or other > _COVERED_OTHER else color


def colors_at(image: np.ndarray, points: np.ndarray, counts: list[int]) -> list[np.ndarray]:
    """The colors of pixels at groups of points; points outside the image do not count.

    Args:
      image: (H, W, 3) uint8 sRGB.
      points: (P, 2) float, pixels.
      counts: of the points in each group, P in all.

    Returns:
      (n, 3) float32 CIELAB of each group, in the points' order.
    """
    x, y = points.T
    kept = (x >= 0) & (x < image.shape[1]) & (y >= 0) & (y < image.shape[0])  # False for NaN
    ends = list(accumulate(counts))
    if not kept.all():
        ends = [int(np.count_nonzero(kept[:end])) for end in ends]
        points = points[kept]
    x, y = points.astype(int).T
    colors = rgb_to_lab(image[y, x][None])[0] if len(x) else np.zeros((0, 3), np.float32)
    return [colors[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _lighter_half(skin: np.ndarray) -> np.ndarray | None:
    """(3,) float32: the median of colors (n, 3) without the darker half, which are hairs and shadows."""
    if len(skin) < _LEAST_SAMPLES:
        return None
    lighter = skin[np.argsort(skin[:, 0])[len(skin) // 2 :]]
    lighter.sort(axis=0)
    return lighter[len(lighter) // 2]


@cache
def _samples() -> tuple[np.ndarray, ...]:
    """Landmarks on even skin of the face, on the right cheek and on the left one."""
    cheek = landmark_groups()["right_even_cheek"]
    return landmark_groups()["even_skin"], cheek, mirror_landmarks()[cheek]


def _cast(skin: np.ndarray) -> np.ndarray:
    off = skin - _SKIN
    return (_FOLLOWED * np.sign(off) * np.maximum(np.abs(off) - _VARIES, 0)).astype(np.float32)
