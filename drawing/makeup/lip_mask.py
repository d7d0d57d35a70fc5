"""Lip masks: the coverage of the upper and the lower lip, to a fraction of a pixel, from the lip landmarks.

The border runs as a smooth curve through the landmarks. What lies between the inner contours, the opening of
the mouth, is not covered.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import cv2
import numpy as np

from attention_mesh.drawing.makeup.arithmetic import ramp
from attention_mesh.drawing.makeup.mouth_edge import mouth_edges, moved_back
from attention_mesh.drawing.makeup.smooth_curve import curve_basis, smooth_curve
from attention_mesh.drawing.makeup.soft_blur import reduced, soft_blur
from attention_mesh.models.topology.landmark_groups import landmark_groups

_STEPS = 4  # points of the curve per landmark
_FRACTION_BITS = 4
_FARTHEST_PX = 1 << 20  # far beyond any image, and still below the overflow of OpenCV's integers
_SAMPLED_FINELY_PX = 128  # widest mouth that is sampled 4 times per pixel, not 2 times
_FEATHER = 0.016  # of the skin border, standard deviation relative to the mouth's width
_INNER_FEATHER = 0.006
_FINE_PX = 60  # width up to about which every pixel of a mouth is looked at


class LipMask(NamedTuple):
    """The coverage of one mouth, in the part of the image that it touches.

    Attributes:
      left, top: place of the part in the image, in pixels.
      coverage: (h, w) float32, 0 to 1.
      width_px: distance of the mouth's corners, in pixels.
      contours_px: (4, P, 2) float32 curves through the landmarks, from the subject's right corner to the left
        one: outer contour of the upper and of the lower lip, then their inner ones.
    """

    left: int
    top: int
    coverage: np.ndarray
    width_px: float
    contours_px: np.ndarray

    @property
    def part(self) -> tuple[slice, slice]:
        """The part of the image, as an index of its rows and columns."""
        height, width = self.coverage.shape
        return slice(self.top, self.top + height), slice(self.left, self.left + width)

    @property
    def step(self) -> int:
        """Every how many pixels suffice for what is smooth on lips, such as shine or the border of a hand."""
        return max(1, round(self.width_px / _FINE_PX))

    def enlarged(self, coarse: np.ndarray) -> np.ndarray:
        """(h, w) float32 of a picture of every `step`-th pixel of the part."""
        size = self.coverage.shape[1], self.coverage.shape[0]
        return coarse if self.step == 1 else cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR)


def lip_mask(
    size: tuple[int, int],
    landmarks_px: np.ndarray,
    image: np.ndarray | None = None,
    steadied: Callable[[np.ndarray], np.ndarray] | None = None,
) -> LipMask | None:
    """The coverage of the lips of one face.

    Args:
      size: (width, height) of the image, in pixels.
      landmarks_px: (N, 2 or more) float, N at least 468; x, y in pixels, origin at the image's top-left
        corner.
      image: (H, W, 3) uint8 RGB, not painted. With it, what does not look like lip beside the mouth's opening
        is not covered.
      steadied: in a video, takes how far the inner contours move in this frame, as of `mouth_edges`, and
        gives how far they shall move.

    Returns:
      The mask; None if a lip landmark is not finite, or a million pixels away, or the lips are outside the
      image.
    """
    contours = _contours(landmarks_px)
    if contours is None:
        return None
    outer = np.concatenate([contours[0], contours[1][::-1]])
    width_px = math.dist(*landmarks_px[landmark_groups()["mouth_corners"], :2].tolist())
    margin = 2 + 3 * _FEATHER * width_px
    (left_px, top_px), (right_px, bottom_px) = outer.min(axis=0).tolist(), outer.max(axis=0).tolist()
    left, top = max(math.floor(left_px - margin), 0), max(math.floor(top_px - margin), 0)
    width, height = (
        min(math.ceil(right_px + margin), size[0]) - left,
        min(math.ceil(bottom_px + margin), size[1]) - top,
    )
    if width_px < 1 or min(width, height) <= 0:
        return None
    scale = 4 if width <= _SAMPLED_FINELY_PX else 2
    lips = contours
    if image is not None:
        edges = mouth_edges(image, contours, width_px)
        lips = moved_back(contours, width_px * (steadied(edges) if steadied else edges))
    fixed = np.rint(((lips - (left, top)) * scale - 0.5) * (1 << _FRACTION_BITS)).astype(np.int32)
    upper_outer, lower_outer, upper_inner, lower_inner = fixed
    rows = height * scale
    both = np.zeros((2 * rows, width * scale), np.uint8)
    face, opening = both[:rows], both[rows:]
    cv2.fillPoly(face, [np.concatenate([upper_outer, lower_outer[::-1]])], 255, shift=_FRACTION_BITS)
    opening[:] = face
    # One by one: where the inner contours of closed lips cross, there is lip, not an opening.
    for outside, inside in ((upper_outer, upper_inner), (lower_outer, lower_inner)):
        cv2.fillPoly(opening, [np.concatenate([outside, inside[::-1]])], 0, shift=_FRACTION_BITS)
    both = reduced(both, scale)
    return LipMask(left, top, _feathered(both[:height], both[height:], width_px), width_px, contours)


def _feathered(face: np.ndarray, opening: np.ndarray, width_px: float) -> np.ndarray:
    """Coverage (h, w) float32 of uint8 fills: soft toward the skin from within, and beside the opening."""
    soft = soft_blur(face, max(_FEATHER * width_px, 0.4)).astype(np.float32)
    # Half of the blur lies outside. Most of that is cut off, so that no skin is painted.
    coverage = ramp(soft, 70, 200)
    if cv2.countNonZero(opening):
        inner = soft_blur(opening, max(_INNER_FEATHER * width_px, 0.4))
        coverage *= 1 - np.maximum(inner, opening) * np.float32(1 / 255)
    return coverage


def _contours(landmarks_px: np.ndarray) -> np.ndarray | None:
    """(4, P, 2) float32 curves from corner to corner: upper and lower outer, upper and lower inner ones."""
    points = np.asarray(landmarks_px)[lip_arcs(), :2].astype(np.float32)
    if not np.abs(points).max() < _FARTHEST_PX:  # so for NaN too
        return None
    return smooth_curve(points, _STEPS)


def lip_curve_basis() -> np.ndarray:
    """(41, 11) float32: makes a contour's curve of its landmarks."""
    return curve_basis(lip_arcs().shape[1], _STEPS)


@cache
def lip_arcs() -> np.ndarray:
    """(4, 11) int: the landmarks of the four contours, from the subject's right to left."""
    groups = landmark_groups()
    names = ("upper_outer_lip", "lower_outer_lip", "upper_inner_lip", "lower_inner_lip")
    return np.stack([groups[name] for name in names])
