"""Edges of the mouth's opening in a picture: where a lip turns into teeth, gums or darkness."""

from __future__ import annotations

import cv2
import numpy as np

from attention_mesh.drawing.makeup.arithmetic import ramp
from attention_mesh.drawing.makeup.lab_color import lab_at, median_of_three

_LIGHTNESS_WEIGHT = 0.6  # shading changes lightness, so it counts less than a and b
# Parts of the way from the skin to the opening, and of the way to the other lip.
_LIP, _OPENING = (
    np.array(parts, np.float32)[:, None, None, None] for parts in ((0.35, 0.5, 0.65), (0.2, 0.35, 0.5))
)
_STEPS = 8
_BACK = ((np.arange(_STEPS, dtype=np.float32) + 0.5) / _STEPS - 1)[:, None, None, None]
# From the landmarks' edge: relative to the mouth's width, to the lip's height.
_REACH, _REACH_OF_LIP = 0.05, 0.4
# Parts of the difference between lip and opening up to which a color is the lip's, and from which it is not.
_BEGINS, _ENDS = 0.2, 0.6
_LEAST, _CLEAR = 8.0, 16.0  # differences, in units of CIELAB, that say nothing and all about the edge
# What is left out at least, because paint on teeth is seen first: of the mouth's width, plus pixels, and at
# most of the gap.
_RIM, _RIM_PX, _RIM_OF_GAP = 0.012, 0.7, 0.12
# Openings, relative to the width, up to which nothing of them is seen, and from which on something is.
_NARROW, _OPEN = 0.03, 0.06
_EVERY = 2  # of the contour's points is looked at; the edge between them is their mean
_SMOOTHED = 3  # of these points, over which the edge is averaged


def mouth_edges(image: np.ndarray, contours_px: np.ndarray, width_px: float) -> np.ndarray:
    """How far the inner contours of lips must move back to where the lips' own color ends.

    Each lip is compared with itself farther from the opening, so that a shadow or the light on one side does
    not matter. Contours never move into the opening.

    Args:
      image: (H, W, 3) uint8 RGB, not painted.
      contours_px: (4, P, 2) float32, as of `LipMask`.
      width_px: of the mouth.

    Returns:
      (2, P) float32, at least 0, relative to the mouth's width: of the upper and of the lower lip.
    """
    count = contours_px.shape[1]
    outer, inner = contours_px[:2, ::_EVERY], contours_px[2:, ::_EVERY]
    gaps = np.hypot(*(inner[0] - inner[1]).T)
    if gaps.max() < _NARROW * width_px:
        return np.zeros((2, count), np.float32)
    across = inner - outer
    heights = np.hypot(across[..., 0], across[..., 1])
    reach = np.minimum(_REACH * width_px, _REACH_OF_LIP * heights)
    places = np.empty((6 + _STEPS, *inner.shape), np.float32)
    np.multiply(across, _LIP, out=places[:3])
    places[:3] += outer
    np.multiply(inner[::-1] - inner, _OPENING, out=places[3:6])
    np.multiply(across * (reach / np.maximum(heights, 1e-3))[..., None], _BACK, out=places[6:])
    places[3:] += inner
    colors = lab_at(image, places)
    colors[..., 0] *= _LIGHTNESS_WEIGHT
    # Of the lip and of the opening at once.
    lip, colors[5] = _smooth(median_of_three(colors[:6].reshape(2, 3, *colors.shape[1:]).swapaxes(0, 1)))
    differences = _difference(colors[5:], lip)
    contrast, unlike = differences[0], differences[1:]
    lost = ramp(unlike / np.maximum(contrast, 1e-3), _BEGINS, _ENDS)
    seen = reach * (np.add.reduce(np.maximum.accumulate(lost, axis=0)) * (1 / _STEPS))
    rim = np.minimum(_RIM * width_px + _RIM_PX, _RIM_OF_GAP * gaps)
    clear = ramp(contrast, _LEAST, _CLEAR)
    clear *= ramp(gaps / width_px, _NARROW, _OPEN)
    back = np.empty((2, count), np.float32)
    back[:, ::_EVERY] = _smooth(np.maximum(clear * seen, rim) / width_px)
    back[:, 1::_EVERY] = (back[:, :-1:_EVERY] + back[:, _EVERY::_EVERY]) / 2
    return back


def moved_back(contours_px: np.ndarray, edges_px: np.ndarray) -> np.ndarray:
    """(4, P, 2) float32: contours whose inner ones are `edges_px`, (2, P), nearer to the outer ones."""
    across = contours_px[:2] - contours_px[2:]
    across *= (edges_px / np.maximum(np.linalg.norm(across, axis=2), 1e-3))[..., None]
    return np.concatenate([contours_px[:2], contours_px[2:] + across])


def _difference(colors: np.ndarray, lip: np.ndarray) -> np.ndarray:
    """Distance to the lip's color. Shine is lip too: what is only lighter counts less."""
    away = colors - lip
    lightness = away[..., 0]
    np.minimum(lightness, 0.6 * lightness, out=lightness)
    return np.sqrt(np.einsum("...c,...c->...", away, away))


def _smooth(values: np.ndarray) -> np.ndarray:
    """(2, P) or (2, 2, P, C), averaged over neighbors along the contour."""
    rows = values.reshape(-1, *values.shape[2:]) if values.ndim > 2 else values
    return cv2.blur(rows, (_SMOOTHED, 1), borderType=cv2.BORDER_REPLICATE).reshape(values.shape)
