"""Labeled faces: pictures with the landmarks that a network should find in them, from folders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from attention_mesh.models.errors import DatasetError
from attention_mesh.models.topology.face_topology import NUM_LANDMARKS_WITH_IRISES
from attention_mesh.models.training.label_file import LabelFile


@dataclass(frozen=True)
class FaceSample:
    """image: (H, W, 3) uint8 RGB. landmarks: (478, 3) float32, x, y in pixels, origin at the top left corner,
    z on x's scale from the landmarks' mean, smaller is nearer; NaN without a face. weights: (478, 2) float32,
    how much x and y, and z, are to be trusted; 0 where a landmark is unknown. presence: 1 with a face, else
    0.
    """

    image: np.ndarray
    landmarks: np.ndarray
    weights: np.ndarray
    presence: float

    @classmethod
    def without_face(cls, image: np.ndarray) -> FaceSample:
        nothing = np.full((NUM_LANDMARKS_WITH_IRISES, 3), np.nan, np.float32)
        return cls(image, nothing, np.zeros((NUM_LANDMARKS_WITH_IRISES, 2), np.float32), 0.0)


LABELS = "labels.npz"  # of a folder, where no other file is named


class LabeledFaces:
    """A folder of pictures and the labels of some or all of them; `faces[i]` reads one as a `FaceSample`.

    folder: of the pictures. labels: a file for `LabelFile.read`, by default labels.npz in the folder.
    Raises DatasetError for labels that cannot be read, and `faces[i]` for a picture that cannot.
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
        image = cv2.imread(str(file), cv2.IMREAD_COLOR)
        if image is None:
            raise DatasetError(f"cannot read the picture {file}")
        rows = (self.labels.landmarks, self.labels.weights, self.labels.presence)
        landmarks, weights, presence = (array[index] for array in rows)
        return FaceSample(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), landmarks, weights, float(presence))
