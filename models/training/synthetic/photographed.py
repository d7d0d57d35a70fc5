"""What lens and sensor do to a picture."""

from __future__ import annotations

import cv2
import numpy as np


def photographed(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """uint8 of the float picture after lens and sensor: blur, exposure, white balance, gamma, noise."""
    if rng.random() < 0.4:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.6))
    picture = picture * (rng.uniform(0.7, 1.25) * rng.normal(1, 0.04, 3)).astype(np.float32)
    picture = 255 * (picture.clip(0, 255) / 255) ** np.float32(rng.uniform(0.75, 1.35))
    picture = picture + rng.normal(0, rng.uniform(0, 8), picture.shape).astype(np.float32)
    if rng.random() < 0.05:
        picture = np.repeat(picture.mean(2, keepdims=True), 3, 2)
    return picture.clip(0, 255).astype(np.uint8)
