"""Tongues over the lower lip, found by what is missing there: the borders of the lip."""

from __future__ import annotations

import cv2
import numpy as np

from attention_mesh.drawing.makeup.lab_color import rgb_to_lab
from attention_mesh.drawing.makeup.lip_mask import LipMask

_LEAST_GAP = 0.3  # of the opening, relative to the mouth's width: a tongue needs room
_SURE = 6.5  # units of CIELAB by which the lower lip must resemble its surroundings more than the upper lip
_WEIGHTS = np.array([0.6, 1, 1], np.float32)  # shading changes lightness, so it counts less
_INSIDE, _LIP, _BELOW = (0.15, 0.25, 0.35), (0.25, 0.5, 0.75), (1.3, 1.5, 1.7)  # parts of the way across
_BOX = 9  # points of the contour whose mean is taken


def tongue_coverage(image: np.ndarray, mask: LipMask) -> np.ndarray | None:
    """Where a tongue lies on the lower lip.

    Across a lip that is seen, colors change twice: from the opening to the lip, and from the lip to the skin.
    On a tongue they hardly do, but they differ from the upper lip.

    Args:
      image: (H, W, 3) uint8 RGB, not painted.
      mask: of the lips.

    Returns:
      (h, w) float32 on the mask's part of the image, 0 to 1; None if there is no tongue.
    """
    upper_outer, lower_outer, upper_inner, lower_inner = mask.contours_px
    gaps = np.linalg.norm(upper_inner - lower_inner, axis=1) / mask.width_px
    middle = slice(len(gaps) // 4, len(gaps) - len(gaps) // 4)
    if np.median(gaps[middle]) < _LEAST_GAP:
        return None
    inside = _colors(image, lower_inner, upper_inner, _INSIDE)
    lip = _colors(image, lower_inner, lower_outer, _LIP)
    below = _colors(image, lower_inner, lower_outer, _BELOW)
    upper = _colors(image, upper_inner, upper_outer, _LIP)
    borders = (np.linalg.norm(lip - inside, axis=1) + np.linalg.norm(lip - below, axis=1)) / 2
    score = np.linalg.norm(lip - upper, axis=1) - borders
    if np.median(score[middle]) < _SURE:
        return None
    score = np.convolve(score, np.full(_BOX, 1 / _BOX), "same")
    covered = np.clip(score / _SURE, 0, 1)
    coverage = np.zeros(mask.coverage.shape, np.float32)
    origin = np.array([mask.left, mask.top]) + 0.5
    across = lower_outer - lower_inner
    rims = lower_inner - across * 0.3 - origin, lower_outer + across * 0.3 - origin
    for first in range(len(gaps) - 1):
        quad = np.concatenate([rims[0][first : first + 2], rims[1][first : first + 2][::-1]])
        value = float(covered[first : first + 2].mean())
        cv2.fillConvexPoly(coverage, np.rint(quad).astype(np.int32), value)
    return cv2.GaussianBlur(coverage, (0, 0), max(0.02 * mask.width_px, 0.5))


def _colors(image: np.ndarray, start: np.ndarray, end: np.ndarray, parts: tuple[float, ...]) -> np.ndarray:
    """(P, 3) weighted CIELAB: the median at these parts of the way from `start` to `end`, (P, 2) px each."""
    places = start + (end - start) * np.array(parts, np.float32)[:, None, None] - 0.5
    x, y = places.astype(np.float32).transpose(2, 0, 1)
    rgb = cv2.remap(
        image, np.ascontiguousarray(x), np.ascontiguousarray(y), cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE
    )
    return np.median(rgb_to_lab(rgb), axis=0) * _WEIGHTS
