"""The camera that photographs a rig."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Camera:
    """A pinhole camera before a face, looking along −z.

    rotation: (3, 3), of the head about `pivot` (3,), a point inside it.
    distance: from the camera to the pivot, in the rig's units. focal_px: focal length.
    centre_px: (2,), where the pivot appears, x and y, origin at the image's top left corner.
    """

    rotation: np.ndarray
    pivot: np.ndarray
    distance: float
    focal_px: float
    centre_px: tuple[float, float]

    def project(self, points: np.ndarray) -> np.ndarray:
        """(V, 3) points of the rig → (V, 3) float32: x, y in pixels, y down, and depth in the rig's units."""
        turned = (points - self.pivot) @ self.rotation.T
        depth = self.distance - turned[:, 2]
        by = self.focal_px / depth
        return np.stack(
            [self.centre_px[0] + turned[:, 0] * by, self.centre_px[1] - turned[:, 1] * by, depth], 1
        ).astype(np.float32)

    def landmarks(self, points: np.ndarray) -> np.ndarray:
        """(478, 3) points → x, y in pixels, z on x's scale from the points' mean, smaller is nearer."""
        projected = self.project(points)
        projected[:, 2] = (projected[:, 2] - projected[:, 2].mean()) * (self.focal_px / self.distance)
        return projected
