"""Eye colors: the look of an eyeball, point by point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_IRIS_COLORS = np.array(
    [[60, 35, 20], [90, 55, 30], [110, 85, 45], [95, 110, 75], [85, 115, 140], [120, 140, 155]], np.float32
)
_RIM = 0.12  # width of the soft edges of iris and pupil, in iris radii


@dataclass(frozen=True)
class EyeColors:
    """The look of an eyeball.

    Attributes:
        iris, sclera: (3,) RGB, 0 to 255.
        pupil: its radius, in iris radii.
        ring: darkness of the iris' rim, 0 to 1.
        phase: of the iris' streaks, radians.
    """

    iris: np.ndarray
    sclera: np.ndarray
    pupil: float
    ring: float
    phase: float

    @classmethod
    def random(cls, rng: np.random.Generator) -> EyeColors:
        iris = _IRIS_COLORS[rng.integers(len(_IRIS_COLORS))] * rng.uniform(0.6, 1.2)
        sclera = np.array([225, 212, 205]) * rng.uniform(0.6, 0.95) * rng.normal(1, 0.02, 3)
        return cls(iris, sclera, rng.uniform(0.3, 0.6), rng.uniform(0.2, 0.8), rng.uniform(0, 6.28))

    def colors(self, places: np.ndarray) -> np.ndarray:
        """(N, 3) RGB at places (N, 2): x, y from the pupil's center, in iris radii."""
        radius = np.hypot(places[:, 0], places[:, 1])[:, None]
        angle = np.arctan2(places[:, 1], places[:, 0])[:, None]
        streaks = 1 + 0.12 * np.sin(17 * angle + self.phase) + 0.08 * np.sin(29 * angle - 2 * self.phase)
        rim = 1 - self.ring * np.clip((radius - 0.75) / 0.25, 0, 1)
        iris = self.iris * streaks * rim
        eye = _mix(iris, self.sclera * (1 - 0.12 * np.clip(radius - 1, 0, 2)), (radius - 1) / _RIM + 0.5)
        return _mix(np.full_like(eye, 8), eye, (radius - self.pupil) / _RIM + 0.5)


def _mix(inner: np.ndarray, outer: np.ndarray, share: np.ndarray) -> np.ndarray:
    return inner + (outer - inner) * np.clip(share, 0, 1)
