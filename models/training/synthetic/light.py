"""Light: ambient light and lamps on a face."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_WRAP = 0.3  # a large lamp also lights surfaces that face slightly away


@dataclass(frozen=True)
class Light:
    """Ambient light and lamps at infinity.

    Attributes:
        ambient: (3,) RGB factors.
        directions: (L, 3) unit vectors to the lamps, +x right in the image, +y up, +z to the camera.
        colors: (L, 3) RGB factors.
        gloss: share of the lamps' light that the skin mirrors.
    """

    ambient: np.ndarray
    directions: np.ndarray
    colors: np.ndarray
    gloss: float

    @classmethod
    def random(cls, rng: np.random.Generator) -> Light:
        lamps = rng.integers(1, 4)
        directions = rng.normal(size=(lamps, 3)) * (1, 0.7, 0.6) + (0, 0.3, 0.7)
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        strength = rng.dirichlet(np.ones(lamps))[:, None] * rng.uniform(0.2, 1.0)
        colors = strength * rng.normal(1, 0.08, (lamps, 3))
        ambient = rng.uniform(0.35, 0.9) * rng.normal(1, 0.05, 3)
        return cls(ambient, directions, colors, rng.uniform(0, 0.35))

    def diffuse(self, normals: np.ndarray) -> np.ndarray:
        """(N, 3) RGB factors of skin with unit normals (N, 3)."""
        facing = (normals @ self.directions.T + _WRAP) / (1 + _WRAP)
        return self.ambient + np.maximum(facing, 0) @ self.colors

    def mirrored(self, normals: np.ndarray, sharpness: float) -> np.ndarray:
        """(N, 3) RGB light of the lamps mirrored at normals (N, 3) (Blinn 1977), at most about 1."""
        halfway = self.directions + (0, 0, 1)
        halfway /= np.maximum(np.linalg.norm(halfway, axis=1, keepdims=True), 1e-6)
        return np.maximum(normals @ halfway.T, 0) ** sharpness @ self.colors
