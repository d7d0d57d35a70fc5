"""The light's cast on a face, by the skin beside the lips: paint shows it as skin does."""

from __future__ import annotations

import numpy as np

# a and b (CIELAB) of skin beside the lips: the middle of the portraits of all tones that the benchmark reads,
# and how far skin varies there, which says nothing about the light.
_SKIN = np.array([10, 16], np.float32)
_VARIES = np.array([7, 9], np.float32)
_FOLLOWED = 0.6
_LEAST_PIXELS = 16
_MOST_COLUMNS = 50  # that are looked at


def light_cast(lab: np.ndarray, coverage: np.ndarray) -> np.ndarray:
    """What the light adds to a and b of a color on this face, in CIELAB's units: (2,) float32.

    It is 0 if the skin is as skin can be in white light.

    Args:
      lab: (h, w, 3) float32, CIELAB.
      coverage: (h, w) float32 of the lips; above and below them is skin.
    """
    step = max(1, lab.shape[1] // _MOST_COLUMNS)
    lab = lab[::step, ::step]
    lips = coverage[::step, ::step] > 0
    above = ~np.maximum.accumulate(lips, axis=0)
    below = ~np.maximum.accumulate(lips[::-1], axis=0)[::-1]
    skin = lab[above | below]
    if len(skin) < _LEAST_PIXELS:
        return np.zeros(2, np.float32)
    skin = skin[skin[:, 0] >= np.median(skin[:, 0])]  # the darker half has hairs and shadows
    off = np.median(skin[:, 1:], axis=0) - _SKIN
    return (_FOLLOWED * np.sign(off) * np.maximum(np.abs(off) - _VARIES, 0)).astype(np.float32)
