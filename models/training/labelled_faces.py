"""Pictures with labels, from folders."""

from __future__ import annotations

from pathlib import Path

import cv2

from attention_mesh.models.errors import DatasetError
from attention_mesh.models.training.face_sample import FaceSample
from attention_mesh.models.training.label_file import LabelFile

LABELS = "labels.npz"  # of a folder, where no other file is named


class LabelledFaces:
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
