"""DatasetOptions: how the faces of a dataset are measured."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from attention_mesh.datasets.errors import TableError
from attention_mesh.python_bindings.landmarker.face_landmarker_options import (
    FaceLandmarkerOptions,
    RunningMode,
)


@dataclass(frozen=True)
class DatasetOptions:
    """Options that are one for all films of a table.

    Attributes:
      num_faces: the most faces per frame, 1 or more.
      detector: "auto", "short" or "full", see `FaceLandmarkerOptions`.
      weights: "official", "open", or the path of a .tflite file.
      half: whether landmarks and the other lists are stored as float16: half the size, exact to 0.25 px up to
        512 px and to 1 px up to 2048 px.

    Raises:
      InputError: an option is wrong.
    """

    num_faces: int = 1
    detector: str = "auto"
    weights: str = "official"
    half: bool = False

    def __post_init__(self) -> None:
        self.landmarker_options(is_film=True)  # which checks them

    def landmarker_options(self, is_film: bool) -> FaceLandmarkerOptions:
        """The options of the landmarker; one thread, because other processes use the other processors."""
        return FaceLandmarkerOptions(
            running_mode=RunningMode.VIDEO if is_film else RunningMode.IMAGE,
            num_faces=self.num_faces,
            detector=self.detector,
            weights=self.weights,
            num_threads=1,
            output_face_blendshapes=True,
            output_facial_transformation_matrixes=True,
            output_gaze=True,
            output_blinks=True,
        )

    def as_dict(self) -> dict[str, Any]:
        """The options as JSON can hold them."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any], where: str) -> DatasetOptions:
        """The inverse of `as_dict`. TableError names `where` if the names are others."""
        try:
            return cls(**values)
        except TypeError as error:
            raise TableError(f"{where}: {values} are not the options of a table") from error
