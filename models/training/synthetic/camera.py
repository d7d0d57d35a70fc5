"""Camera: the projection of a rig, and the effects of lens and sensor on a picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True)
class Camera:
    """A pinhole camera in front of a face, looking along −z.

    Attributes:
        rotation: (3, 3), of the head about the pivot.
        pivot: (3,), a point inside the head, in the rig's frame.
        distance: from the camera to the pivot, in the rig's units.
        focal_px: focal length.
        center_px: x, y of the pivot in the image, origin at the top left corner.
    """

    rotation: np.ndarray
    pivot: np.ndarray
    distance: float
    focal_px: float
    center_px: tuple[float, float]

    def project(self, points: np.ndarray) -> np.ndarray:
        """(V, 3) float32 of points (V, 3) of the rig: x, y in px, y down, and depth in the rig's units."""
        turned = (points - self.pivot) @ self.rotation.T
        depth = self.distance - turned[:, 2]
        by = self.focal_px / depth
        return np.stack(
            [self.center_px[0] + turned[:, 0] * by, self.center_px[1] - turned[:, 1] * by, depth], 1
        ).astype(np.float32)

    def landmarks(self, points: np.ndarray) -> np.ndarray:
        """(478, 3) float32 landmarks of points (478, 3): x, y in px; z on x's scale relative to the mean."""
        projected = self.project(points)
        projected[:, 2] = (projected[:, 2] - projected[:, 2].mean()) * (self.focal_px / self.distance)
        return projected


def apply_lens_and_sensor(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """The float picture as uint8, with random blur, exposure, white balance, gamma and noise."""
    if rng.random() < 0.4:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.6))
    picture = picture * (rng.uniform(0.7, 1.25) * rng.normal(1, 0.04, 3)).astype(np.float32)
    picture = 255 * (picture.clip(0, 255) / 255) ** np.float32(rng.uniform(0.75, 1.35))
    picture = picture + rng.normal(0, rng.uniform(0, 8), picture.shape).astype(np.float32)
    if rng.random() < 0.05:
        picture = np.repeat(picture.mean(2, keepdims=True), 3, 2)
    return picture.clip(0, 255).astype(np.uint8)
