"""Occlusion by color: how far each pixel looks like lip, not like a hand, hair or teeth before it."""

from __future__ import annotations

import cv2
import numpy as np

from attention_mesh.drawing.makeup.arithmetic import indices, length_of, ramp
from attention_mesh.drawing.makeup.lab_color import median_of
from attention_mesh.drawing.makeup.soft_blur import soft_blur

_LEAST_PIXELS = 24  # fewer say nothing about what a lip looks like
_MOST_PIXELS = 1500  # of which the colors of a lip are taken
_OF_ALL = 2.8  # standard deviation of a lip's colors by the median deviation of their redder half
# Standard deviations below which differences are texture, in CIELAB's units: lightness, a, b.
_FLOOR = np.array([9, 5.5, 4.5], np.float32)
_SURE, _NEVER = 2.6, 4.2  # standard deviations at which a pixel begins to fade, and is gone
_SMOOTHED = 0.012  # standard deviation relative to the mouth's width: single pixels are texture, not a hand


def lip_likeness(lab: np.ndarray, coverage: np.ndarray, width_px: float) -> np.ndarray:
    """How far each pixel has the colors of the lips around it.

    Args:
      lab: (h, w, 3) float32, CIELAB.
      coverage: (h, w) float32 of the lips, 0 to 1.
      width_px: of the mouth, in pixels of these.

    Returns:
      (h, w) float32: 1 for lip, 0 for something else; all 1 if there are too few pixels to tell.
    """
    inside = indices(coverage > 0.9)
    if len(inside) < _LEAST_PIXELS:
        return np.ones(coverage.shape, np.float32)
    sample = lab.reshape(-1, 3)[inside[:: 1 + len(inside) // _MOST_PIXELS]]
    # Hands, beards and microphones are less red than the lips that they cover.
    redder = sample[sample[:, 1] >= median_of(sample)[1]]
    middle = median_of(redder)
    spread = np.maximum(_OF_ALL * median_of(np.abs(redder - middle)), _FLOOR)
    lightness, *chroma = (
        (plane - at) * (1 / wide)
        for plane, at, wide in zip(cv2.split(lab), middle.tolist(), spread.tolist(), strict=True)
    )
    # Shine is lip too: what is only lighter counts less than what is darker or of another color.
    distance = length_of(np.minimum(lightness, 0.5 * lightness), *chroma)
    return ramp(soft_blur(distance, max(_SMOOTHED * width_px, 0.6)), _NEVER, _SURE)
