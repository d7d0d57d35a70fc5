"""Label file: the landmarks of a folder of pictures, in one .npz file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from attention_mesh.media.files import write_whole
from attention_mesh.models.array_file import ArrayFileError, read_arrays
from attention_mesh.models.errors import DatasetError
from attention_mesh.models.topology.face_topology import NUM_LANDMARKS_WITH_IRISES
from attention_mesh.models.topology.landmark_groups import landmarks_68


@dataclass(frozen=True)
class LabelFile:
    """Labels of N pictures, one row per picture; a row is as in `FaceSample`.

    Attributes:
        names: (N,) paths of the pictures, relative to their folder.
        landmarks: (N, 478, 3) float32.
        weights: (N, 478, 2) float32.
        presence: (N,) float32.
    """

    names: Sequence[str]
    landmarks: np.ndarray
    weights: np.ndarray
    presence: np.ndarray

    @classmethod
    def read(cls, file: Path) -> LabelFile:
        """Reads the arrays `names` and `landmarks`, and, if present, `weights` and `presence`.

        Instead of `landmarks`, the file may have `pts` (N, 68, 2): points of the 68-point annotation. Without
        `weights`, every landmark that is not NaN is trusted.

        Raises:
            DatasetError: names the file and the array that is wrong.
        """
        try:
            contents = read_arrays(file)
        except ArrayFileError as error:
            raise DatasetError(f"cannot read the labels {file}: {error}") from error
        if "names" not in contents or not {"landmarks", "pts"} & set(contents):
            raise DatasetError(f"{file} has arrays {sorted(contents)}; expected names, and landmarks or pts")
        if contents["names"].ndim != 1 or contents["names"].dtype.kind != "U":
            raise DatasetError(f"{file}: names are {contents['names'].dtype}; expected a row of texts")
        count = len(contents["names"])
        if "landmarks" not in contents:
            _check(file, "pts", contents["pts"], (count, 68, 2))
            contents["landmarks"], contents["weights"] = _from_68_points(contents["pts"])
        landmarks = contents["landmarks"]
        _check(file, "landmarks", landmarks, (count, NUM_LANDMARKS_WITH_IRISES, 3))
        known = np.isfinite(landmarks)
        weights = contents.get("weights", np.stack([known[:, :, :2].all(2), known.all(2)], 2))
        _check(file, "weights", weights, (count, NUM_LANDMARKS_WITH_IRISES, 2))
        presence = contents.get("presence", np.asarray(weights.any((1, 2))))
        _check(file, "presence", presence, (count,))
        arrays = (np.asarray(array, np.float32) for array in (landmarks, weights, presence))
        return cls(contents["names"].tolist(), *arrays)

    def rows(self, numbers: Sequence[int]) -> LabelFile:
        """The labels of some pictures, in the order of `numbers`."""
        chosen = list(numbers)
        names = [self.names[number] for number in chosen]
        return LabelFile(names, self.landmarks[chosen], self.weights[chosen], self.presence[chosen])

    def write(self, file: Path) -> None:
        """Writes the file whole: an existing file stays until the new one is complete."""
        content = io.BytesIO()
        np.savez_compressed(
            content,
            names=np.array(self.names, dtype=np.str_),
            landmarks=np.asarray(self.landmarks, np.float32),
            weights=np.asarray(self.weights, np.float32),
            presence=np.asarray(self.presence, np.float32),
        )
        try:
            write_whole(file, content.getvalue(), make_folder=True)
        except OSError as error:
            raise DatasetError(f"cannot write {file}: {error.strerror}") from error


def _check(file: Path, name: str, array: np.ndarray, shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise DatasetError(f"{file}: {name} has shape {array.shape}; expected {shape}")
    if array.dtype.kind == "U":
        raise DatasetError(f"{file}: {name} holds texts; expected numbers")


def _from_68_points(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Landmarks (N, 478, 3) and weights (N, 478, 2), float32, of annotated points (N, 68, 2) px.

    z and all landmarks without a point are unknown: NaN, of weight 0.
    """
    table = landmarks_68()
    known = np.flatnonzero(table >= 0)
    landmarks = np.full((len(points), NUM_LANDMARKS_WITH_IRISES, 3), np.nan, np.float32)
    landmarks[:, table[known], :2] = points[:, known]
    weights = np.zeros((len(points), NUM_LANDMARKS_WITH_IRISES, 2), np.float32)
    weights[:, :, 0] = np.isfinite(landmarks[:, :, :2]).all(2)
    return landmarks, weights
