"""Labeled faces: pictures with the landmarks that a network should find in them, from folders."""

from __future__ import annotations

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

    def __getitem__(self, index: int) -> FaceSample:
        file = self.folder / self.labels.names[index]
        try:
            image = read_image(file)
        except MediaError as error:
            raise DatasetError(f"cannot read the picture {error}") from error
        rows = (self.labels.landmarks, self.labels.weights, self.labels.presence)
        landmarks, weights, presence = (array[index] for array in rows)
        return FaceSample(image, landmarks, weights, float(presence))
