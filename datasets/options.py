"""DatasetOptions: how the faces of a dataset are measured."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

from attention_mesh.datasets.errors import TableError
from attention_mesh.python_bindings.errors import InputError
from attention_mesh.python_bindings.landmarker.face_landmarker_options import (
    FaceLandmarkerOptions,
    RunningMode,
)

_LEAST_PIECE_S = 10.0  # each is tracked from 4 s before its start


@dataclass(frozen=True)
class DatasetOptions:
    """Options that are one for all films of a table.

    Attributes:
      num_faces: the most faces per frame, 1 or more.
      detector: "auto", "short" or "full", see `FaceLandmarkerOptions`.
      weights: "official", "open", or the path of a .tflite file.
      half: whether landmarks and the other lists are stored as float16: half the size, exact to 0.25 px up to
        512 px and to 1 px up to 2048 px.
      piece_seconds: long films are measured in pieces of this length, 10 or more, by several processes; 0
        measures all whole. The pieces do not depend on the number of processes, so neither does the table.

    Raises:
      InputError: an option is wrong.
    """

    num_faces: int = 1
    detector: str = "auto"
    weights: str = "official"
    half: bool = False
    piece_seconds: float = 300.0

    def __post_init__(self) -> None:
        if self.piece_seconds != 0 and not _LEAST_PIECE_S <= self.piece_seconds < math.inf:
            raise InputError(
                f"DatasetOptions: piece_seconds={self.piece_seconds!r}; expected 0, or a number of seconds "
                f"from {_LEAST_PIECE_S:g} on."
            )
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
