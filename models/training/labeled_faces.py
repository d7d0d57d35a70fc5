"""Labeled faces: pictures with the landmarks that a network should find in them, from folders."""

from __future__ import annotations

import copy
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from attention_mesh.media.errors import MediaError
from attention_mesh.media.image_file import read_image
from attention_mesh.models.errors import DatasetError
from attention_mesh.models.topology.face_topology import NUM_LANDMARKS_WITH_IRISES
from attention_mesh.models.training.label_file import LabelFile


@dataclass(frozen=True)
class FaceSample:
    """A picture with the landmarks of its face.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        landmarks: (478, 3) float32; x, y in pixels, origin at the top left corner; z on x's scale relative to
            the landmarks' mean, smaller is nearer. NaN if unknown.
        weights: (478, 2) float32, the trust in x and y, and in z; 0 if unknown.
        presence: 1 with a face, else 0.
    """

    image: np.ndarray
    landmarks: np.ndarray
    weights: np.ndarray
    presence: float

    @classmethod
    def without_face(cls, image: np.ndarray) -> FaceSample:
        nothing = np.full((NUM_LANDMARKS_WITH_IRISES, 3), np.nan, np.float32)
        return cls(image, nothing, np.zeros((NUM_LANDMARKS_WITH_IRISES, 2), np.float32), 0.0)


LABELS = "labels.npz"  # the default file in a folder


class LabeledFaces:
    """A folder of pictures with the labels of some or all of them; `faces[i]` reads a `FaceSample`.

    Args:
        folder: of the pictures.
        labels: a file for `LabelFile.read`, by default labels.npz in the folder.

    Raises:
        DatasetError: the labels are empty or unreadable; `faces[i]` raises it for an unreadable picture.
    """

    def __init__(self, folder: Path, labels: Path | None = None) -> None:
        self.folder = folder
        self.labels = LabelFile.read(labels or folder / LABELS)
        if not self.labels.names:
            raise DatasetError(f"the labels of {folder} are empty")

    def __len__(self) -> int:
        return len(self.labels.names)

    def split(self, held_out: float) -> tuple[LabeledFaces, LabeledFaces]:
        """Two sets: pictures to learn from, and pictures to measure errors on.

        The names alone decide, so that pictures which are added later move few others. A picture whose labels
        have no weight, such as a doubtful one, is never held out.

        Args:
            held_out: the fraction of the pictures in the second set; at least one picture is in each.

        Raises:
            DatasetError: there are fewer than two pictures with trusted labels.
        """
        trusted = [number for number in range(len(self)) if self.labels.weights[number, :, 0].any()]
        if len(trusted) < 2:
            raise DatasetError(
                f"{self.folder} has {len(trusted)} pictures with trusted labels; expected 2 or more, to hold "
                "some out"
            )
        names = self.labels.names
        by_hash = sorted(trusted, key=lambda number: (zlib.crc32(names[number].encode()), names[number]))
        count = min(max(1, round(held_out * len(by_hash))), len(by_hash) - 1)
        measured = set(by_hash[:count])
        learned = [number for number in range(len(self)) if number not in measured]
        return self._part(learned), self._part(sorted(measured))

    def _part(self, numbers: list[int]) -> LabeledFaces:
        part = copy.copy(self)
        part.labels = self.labels.rows(numbers)
        return part

    def __getitem__(self, index: int) -> FaceSample:
        file = self.folder / self.labels.names[index]
        try:
            image = read_image(file)
        except MediaError as error:
            raise DatasetError(f"cannot read the picture {error}") from error
        rows = (self.labels.landmarks, self.labels.weights, self.labels.presence)
        landmarks, weights, presence = (array[index] for array in rows)
        return FaceSample(image, landmarks, weights, float(presence))
