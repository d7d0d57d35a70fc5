"""Neutral faces: how the landmarks of people without expression vary, as a network finds them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from attention_mesh.models.array_file import ArrayFileError, numbers_of, read_arrays
from attention_mesh.models.errors import DatasetError
from attention_mesh.models.topology.mirror import mirror_landmarks

NEUTRAL_FACES = Path(__file__).with_name("neutral_faces.npz")


@dataclass(frozen=True)
class NeutralFaces:
    """A normal distribution of neutral faces, in the frame and unit of the reference face.

    Attributes:
        mean: (478, 3) float32, symmetric.
        modes: (M, 478, 3), orthogonal; each is one standard deviation.
        white: (478, 3), standard deviation of what the modes leave, independent by landmark.
    """

    mean: np.ndarray
    modes: np.ndarray
    white: np.ndarray

    @classmethod
    def measure(cls, faces: np.ndarray, modes: int) -> NeutralFaces:
        """The distribution of faces (B, 478, 3) and their mirror images; M below B."""
        mirrored = faces[:, mirror_landmarks()] * np.array([-1, 1, 1], np.float32)
        both = np.concatenate([faces, mirrored])
        mean = both.mean(0)
        flat = (both - mean).reshape(len(both), -1)
        _, sizes, directions = np.linalg.svd(flat, full_matrices=False)
        directions = directions[:modes]
        white = (flat - flat @ directions.T @ directions).std(0).reshape(mean.shape)
        scaled = directions * (sizes[:modes, None] / np.sqrt(len(both)))
        return cls(
            mean.astype(np.float32),
            scaled.reshape(modes, *mean.shape).astype(np.float32),
            white.astype(np.float32),
        )

    def sample(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """(count, 478, 3) float32 aligned landmarks of random faces."""
        normal = rng.standard_normal((count, len(self.modes)), np.float32)
        white = rng.standard_normal((count, *self.mean.shape), np.float32)
        return self.mean + np.tensordot(normal, self.modes, 1) + white * self.white

    def save(self, file: Path) -> None:
        """Writes the arrays in half precision; the mean needs and has more."""
        np.savez_compressed(
            file, mean=self.mean, modes=self.modes.astype(np.float16), white=self.white.astype(np.float16)
        )

    @classmethod
    def load(cls, file: Path = NEUTRAL_FACES) -> NeutralFaces:
        """Reads what `save` wrote. Raises DatasetError."""
        try:
            arrays = read_arrays(file)
            ranks = {"mean": 2, "modes": 3, "white": 2}
            loaded = cls(*(numbers_of(arrays, name, rank).astype(np.float32) for name, rank in ranks.items()))
        except ArrayFileError as error:
            raise DatasetError(f"{file} holds no neutral faces: {error}") from error
        if not loaded.mean.shape == loaded.white.shape == loaded.modes.shape[1:] == (478, 3):
            raise DatasetError(f"{file} holds no neutral faces: expected 478 landmarks")
        return loaded
