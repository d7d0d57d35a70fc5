"""Landmark noise: how the landmarks that a network finds differ from the true ones, measured and sampled."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from attention_mesh.models.array_file import ArrayFileError, numbers_of, read_arrays
from attention_mesh.models.errors import DatasetError

_RIDGE = 3.0  # in faces; coefficients and identities have a variance below 1
NOISE = Path(__file__).with_name("landmark_noise.npz")


@dataclass(frozen=True)
class LandmarkNoise:
    """A linear model of the differences, in the frame and unit of the reference face.

    A network does not see everything: it hardly sees how deep a face is, and closed lids keep a gap. That
    part of the difference follows from expression and identity. The rest is random, and correlated.

    Attributes:
        mean: (478, 3) float32.
        modes: (M, 478, 3), the directions in which the differences vary most.
        by_expression: (52, M), of each mode at weight 1 of each shape.
        by_identity: (I, M), of each mode per identity.
        factor: (M, M); times standard normal numbers, the random part of the modes.
        white: (478, 3), standard deviation of what the modes leave, independent by landmark.
    """

    mean: np.ndarray
    modes: np.ndarray
    by_expression: np.ndarray
    by_identity: np.ndarray
    factor: np.ndarray
    white: np.ndarray

    @classmethod
    def measure(
        cls, differences: np.ndarray, coefficients: np.ndarray, identities: np.ndarray, modes: int
    ) -> LandmarkNoise:
        """The model of measured differences.

        Args:
            differences: (B, 478, 3), found minus true landmarks.
            coefficients: (B, 52).
            identities: (B, I).
            modes: M, fewer than B.
        """
        count = len(differences)
        mean = differences.mean(0)
        flat = (differences - mean).reshape(count, -1)
        directions = np.linalg.svd(flat, full_matrices=False)[2][:modes]
        amounts = flat @ directions.T
        causes = np.concatenate([np.ones((count, 1)), coefficients, identities], 1)
        penalty = np.full(causes.shape[1], _RIDGE)
        penalty[0] = 0
        shares = np.linalg.solve(causes.T @ causes + np.diag(penalty), causes.T @ amounts)
        random = amounts - causes @ shares
        width = coefficients.shape[1]
        mean = mean + (shares[0] @ directions).reshape(mean.shape)
        white = (flat - amounts @ directions).std(0).reshape(mean.shape)
        parts = (
            mean, directions.reshape(modes, *mean.shape), shares[1 : 1 + width], shares[1 + width :],
            np.linalg.cholesky(np.cov(random.T) + 1e-9 * np.eye(modes)).T, white,
        )  # fmt: skip
        return cls(*(part.astype(np.float32) for part in parts))

    def systematic(self, coefficients: np.ndarray, identities: np.ndarray | None) -> np.ndarray:
        """(B, 478, 3) float32: the part that follows from the face, without the mean.

        Args:
            coefficients: (B, 52).
            identities: (B, I), or None to leave their part out.
        """
        amounts = coefficients @ self.by_expression
        if identities is not None:
            amounts = amounts + identities @ self.by_identity
        return np.tensordot(amounts.astype(np.float32), self.modes, 1)

    def sample(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """(count, 478, 3) float32: the random part, without the mean."""
        normal = rng.standard_normal((count, len(self.factor)), np.float32)
        white = rng.standard_normal((count, *self.mean.shape), np.float32)
        return np.tensordot(normal @ self.factor, self.modes, 1) + white * self.white

    def save(self, file: Path) -> None:
        """Writes the arrays in half precision."""
        np.savez_compressed(
            file, **{entry.name: getattr(self, entry.name).astype(np.float16) for entry in fields(self)}
        )

    @classmethod
    def load(cls, file: Path = NOISE) -> LandmarkNoise:
        """Reads what `save` wrote. Raises DatasetError."""
        try:
            arrays = read_arrays(file)
            loaded = cls(
                **{entry.name: numbers_of(arrays, entry.name).astype(np.float32) for entry in fields(cls)}
            )
        except ArrayFileError as error:
            raise DatasetError(f"{file} holds no landmark noise: {error}") from error
        modes = len(loaded.modes) if loaded.modes.ndim else 0
        shapes = {
            "mean": (478, 3),
            "modes": (modes, 478, 3),
            "by_expression": (52, modes),
            "by_identity": (*loaded.by_identity.shape[:1], modes),
            "factor": (modes, modes),
            "white": (478, 3),
        }
        for name, shape in shapes.items():
            found = getattr(loaded, name).shape
            if found != shape:
                raise DatasetError(f"{file} holds no landmark noise: {name} is {found}, expected {shape}")
        return loaded
