"""Tongues over the lower lip, found by what is missing there: the borders of the lip."""

from __future__ import annotations

import cv2
import numpy as np

from attention_mesh.drawing.makeup.arithmetic import middle as middle_of
from attention_mesh.drawing.makeup.fill_quads import fill_quads
from attention_mesh.drawing.makeup.lab_color import lab_at, median_of_three
from attention_mesh.drawing.makeup.lip_mask import LipMask
from attention_mesh.drawing.makeup.soft_blur import soft_blur

_LEAST_GAP = 0.3  # of the opening, relative to the mouth's width: a tongue needs room
_WEIGHTS = np.array([0.6, 1, 1], np.float32)  # shading changes lightness, so it counts less
_LIP = np.array([0.25, 0.5, 0.75], np.float32)  # parts of the way across
_STEPS = 36  # from the opening over the lip to the skin
_BEFORE, _BEHIND = (
    0.12,
    0.10,
)  # how far that way begins before the lip and ends behind it; all in mouth widths
_BORDER, _BORDER_PX = 0.025, 1.2  # width of a border
_NEAR = 0.06  # how far a border may lie from the landmarks
_PART = 0.35  # of the lip, from its border, in which the border may lie
_MOST = 11.5  # sum of both borders, in units of CIELAB, on the middle of a tongue
_MOST_OF_DIFFERENCE = 0.52  # this sum relative to the difference of both lips
# The border to the opening alone, on a tongue that ends near the lip's border to the skin, and the least
# difference of both lips there.
_MOST_INNER, _OTHER = 5.8, 11.0
_COVERED, _BESIDE = 0.8, 1.1  # the same at one place, on the tongue and on the lip beside it
_BOX = 5  # points of the contour whose mean is taken


def tongue_coverage(image: np.ndarray, mask: LipMask) -> np.ndarray | None:
    """Where a tongue lies on the lower lip.

    Across a lip that is seen, colors change abruptly twice: from the opening to the lip, and from the lip to
    the skin. On a tongue they change slowly, and they differ from those of the upper lip. If a tongue ends
    at the border to the skin, only its way out of the opening has no border.

    Args:
      image: (H, W, 3) uint8 RGB, not painted.
      mask: of the lips.

    Returns:
      (h, w) float32 on the mask's part of the image, 0 to 1; None if there is no tongue.
    """
    upper_outer, lower_outer, upper_inner, lower_inner = mask.contours_px
    x, y = (upper_inner - lower_inner).T
    gaps = np.hypot(x, y) * (1 / mask.width_px)
    middle = slice(len(gaps) // 4, len(gaps) - len(gaps) // 4)
    if middle_of(gaps[middle]) < _LEAST_GAP:
        return None
    borders = _borders(image, lower_inner, lower_outer, mask.width_px)
    lower = median_of_three(_WEIGHTS * lab_at(image, _between(lower_inner, lower_outer, _LIP)))
    upper = median_of_three(_WEIGHTS * lab_at(image, _between(upper_inner, upper_outer, _LIP)))
    difference = middle_of(np.linalg.norm(lower - upper, axis=1)[middle])
    both = borders.sum(axis=0)
    no_lip = middle_of(both[middle]) <= min(_MOST, _MOST_OF_DIFFERENCE * difference)
    goes_on = middle_of(borders[0, middle]) <= _MOST_INNER and difference >= _OTHER
    if not (no_lip or goes_on):
        return None
    share = both / difference
    if goes_on:
        share = np.minimum(share, borders[0] / (_MOST_OF_DIFFERENCE * difference))
    covered = np.clip((_BESIDE - share) * (1 / (_BESIDE - _COVERED)), 0, 1)
    coverage = np.zeros(mask.coverage.shape, np.float32)
    origin = np.array([mask.left, mask.top]) + 0.5
    across = lower_outer - lower_inner
    rims = lower_inner - across * 0.3 - origin, lower_outer + across * 0.3 - origin
    inner_rim, outer_rim = rims
    quads = np.stack([inner_rim[:-1], inner_rim[1:], outer_rim[1:], outer_rim[:-1]], axis=1)
    fill_quads(coverage, quads, (covered[:-1] + covered[1:]) / 2)
    return soft_blur(coverage, max(0.02 * mask.width_px, 0.5))


def _borders(image: np.ndarray, inner: np.ndarray, outer: np.ndarray, width_px: float) -> np.ndarray:
    """(2, P): the sharpest change of color near the inner contour of a lip, and near the outer one."""
    across = outer - inner
    height = np.linalg.norm(across, axis=1)
    begin, end = -_BEFORE * width_px, height + _BEHIND * width_px
    way = begin + (end - begin) * np.linspace(0, 1, _STEPS)[:, None]  # (K, P) px from the inner contour
    places = inner + way[..., None] * (across / np.maximum(height, 1e-3)[:, None])
    colors = cv2.blur(
        _WEIGHTS * lab_at(image, places), (_BOX, 1), borderType=cv2.BORDER_REPLICATE
    )  # texture is no border
    spacing = float((end - begin).mean()) / (_STEPS - 1)
    step = max(1, round(max(_BORDER * width_px, _BORDER_PX) / spacing))
    change = np.linalg.norm(colors[step:] - colors[:-step], axis=2)
    way = (way[step:] + way[:-step]) / 2
    near_inner = (way > -_NEAR * width_px) & (way < _PART * height)
    near_outer = (way > (1 - _PART) * height) & (way < height + _NEAR * width_px)
    sharpest = np.stack([(change * near).max(axis=0) for near in (near_inner, near_outer)])
    return cv2.blur(sharpest, (_BOX, 1), borderType=cv2.BORDER_REPLICATE)


def _between(start: np.ndarray, end: np.ndarray, parts: np.ndarray) -> np.ndarray:
    return start + (end - start) * parts[:, None, None]
