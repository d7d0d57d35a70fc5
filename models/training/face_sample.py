"""A picture with the landmarks that a network should find in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LANDMARKS = 478


@dataclass(frozen=True)
class FaceSample:
    """image: (H, W, 3) uint8 RGB. landmarks: (478, 3) float32, x, y in pixels, origin at the top left corner,
    z on x's scale from the landmarks' mean, smaller is nearer; NaN without a face. weights: (478, 2) float32,
    how much x and y, and z, are to be trusted; 0 where a landmark is unknown. presence: 1 with a face, else
    0.
    """

    image: np.ndarray
    landmarks: np.ndarray
    weights: np.ndarray
    presence: float

    @classmethod
    def without_face(cls, image: np.ndarray) -> FaceSample:
        nothing = np.full((LANDMARKS, 3), np.nan, np.float32)
        return cls(image, nothing, np.zeros((LANDMARKS, 2), np.float32), 0.0)
