"""BaseOptions: which model file runs on which device, in the words of MediaPipe Tasks."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import IntEnum

from attention_mesh.models.weights import WeightsError
from attention_mesh.models.weights.task_file import weights_of_task_file
from attention_mesh.python_bindings.errors import InputError, MissingFileError


@dataclass(frozen=True)
class BaseOptions:
    """Model and device of a landmarker. No model file is needed: the landmarker has its own weights.

    Attributes:
      model_asset_path: a file of `attention-mesh export`: a ``.task`` bundle, whose landmark network then
        runs, or a ``.tflite`` of `--fused`. MediaPipe's ``face_landmarker.task`` is accepted, so that
        programs run unchanged; its networks are not used, which the log says. None takes
        `FaceLandmarkerOptions.weights`.
      model_asset_buffer: the content of such a file; without effect if there is a path.
      delegate: where the networks run, `BaseOptions.Delegate.CPU` (XNNPACK) or `GPU`; None is the CPU.
        `FaceLandmarkerOptions.device` says more and wins.

    Raises:
      MissingFileError: there is no such file (a FileNotFoundError).
      InputError: a value is of the wrong type.
    """

    class Delegate(IntEnum):
        """Where the networks run."""

        CPU = 0
        GPU = 1

    model_asset_path: str | os.PathLike[str] | None = None
    model_asset_buffer: bytes | None = None
    delegate: Delegate | None = None

    def __post_init__(self) -> None:
        path, buffer = self.model_asset_path, self.model_asset_buffer
        if path is not None and not isinstance(path, (str, os.PathLike)):
            raise InputError(f"BaseOptions: model_asset_path={path!r}; expected a path or None.")
        if buffer is not None and not isinstance(buffer, bytes):
            raise InputError(
                f"BaseOptions: model_asset_buffer is a {type(buffer).__name__}; expected bytes or None."
            )
        if path and not os.path.isfile(path):
            raise MissingFileError(
                f"Unable to open file at {os.fspath(path)}: BaseOptions: model_asset_path leads to no file. "
                "The landmarker has its own weights; without model_asset_path it runs them."
            )
        if self.delegate not in (None, *BaseOptions.Delegate):
            raise InputError(
                f"BaseOptions: delegate={self.delegate!r}; expected BaseOptions.Delegate.CPU, GPU or None."
            )

    def landmark_weights(self) -> str | None:
        """The path of the landmark network that the model file holds; None if it names none of ours.

        Raises:
          InputError: the file is no model of a face landmarker, or it is damaged.
        """
        asset = self.model_asset_path or self.model_asset_buffer
        if not asset:
            return None
        try:
            return weights_of_task_file(asset)
        except (WeightsError, OSError) as error:
            raise InputError(f"BaseOptions: model_asset_path: {error}.") from error
