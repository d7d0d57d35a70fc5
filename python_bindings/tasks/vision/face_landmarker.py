"""FaceLandmarker of MediaPipe Tasks: its methods, on `attention_mesh.FaceLandmarker`."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from attention_mesh.models.topology.blendshape_names import MEDIAPIPE_BLENDSHAPE_NAMES
from attention_mesh.python_bindings.errors import InputError
from attention_mesh.python_bindings.landmarker.base_options import BaseOptions
from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker as ArrayLandmarker
from attention_mesh.python_bindings.landmarker.face_landmarker_options import (
    FaceLandmarkerOptions as CheckedOptions,
)
from attention_mesh.python_bindings.landmarker.face_landmarker_options import RunningMode
from attention_mesh.python_bindings.tasks.vision.core.image_processing_options import ImageProcessingOptions
from attention_mesh.python_bindings.tasks.vision.face_landmarker_options import FaceLandmarkerOptions
from attention_mesh.python_bindings.tasks.vision.face_landmarker_result import FaceLandmarkerResult
from attention_mesh.python_bindings.tasks.vision.face_landmarks_connections import FaceLandmarksConnections

__all__ = [
    "Blendshapes",
    "FaceLandmarker",
    "FaceLandmarkerOptions",
    "FaceLandmarkerResult",
    "FaceLandmarksConnections",
]


def _constant(name: str) -> str:
    """A name in the form of an enum's member: eyeBlinkLeft is EYE_BLINK_LEFT, _neutral is NEUTRAL."""
    return "".join(f"_{letter}" if letter.isupper() else letter for letter in name.lstrip("_")).upper()


Blendshapes = IntEnum(  # type: ignore[misc]  # mypy wants the names in the source; they are in a data file
    "Blendshapes", {_constant(name): index for index, name in enumerate(MEDIAPIPE_BLENDSHAPE_NAMES)}
)
"""The blend shapes' places in a face's list of categories: `Blendshapes.JAW_OPEN`."""


class FaceLandmarker:
    """Finds 478 landmarks of every face, and its blend shapes and head pose if the options ask for them.

    Example::

        options = FaceLandmarkerOptions(base_options=BaseOptions(), output_face_blendshapes=True)
        with FaceLandmarker.create_from_options(options) as landmarker:
            result = landmarker.detect(mp.Image.create_from_file("photo.jpg"))

    Threads and errors are as those of `attention_mesh.FaceLandmarker`. Images are an `Image` of the formats
    SRGB and SRGBA, whose alpha channel has no effect, or an array (H, W, 3) uint8 RGB.

    Args:
      options: of this module, or `attention_mesh.FaceLandmarkerOptions`.

    Raises:
      TypeError: the options are of another type.
      InputError: an option is wrong.
      WeightsError: the weights are neither in the cache nor available.
    """

    def __init__(self, options: FaceLandmarkerOptions | CheckedOptions) -> None:
        if isinstance(options, FaceLandmarkerOptions):
            options = options.checked()
        if not isinstance(options, CheckedOptions):
            raise TypeError(f"FaceLandmarker: options={options!r}; expected FaceLandmarkerOptions.")
        self._landmarker = ArrayLandmarker(options)

    @classmethod
    def create_from_model_path(cls, model_path: str) -> FaceLandmarker:
        """Makes a landmarker for photos, with the default options.

        Args:
          model_path: of a model file, see `BaseOptions`.
        """
        options = FaceLandmarkerOptions(BaseOptions(model_asset_path=model_path), RunningMode.IMAGE)
        return cls.create_from_options(options)

    @classmethod
    def create_from_options(cls, options: FaceLandmarkerOptions | CheckedOptions) -> FaceLandmarker:
        """Makes a landmarker."""
        return cls(options)

    def detect(
        self, image: Any, image_processing_options: ImageProcessingOptions | None = None
    ) -> FaceLandmarkerResult:
        """Finds the faces of one photo. For IMAGE mode.

        Args:
          image: an `Image`, or an array (H, W, 3) uint8 RGB.
          image_processing_options: how the image is turned before faces are searched.

        Raises:
          InputError: the image or an option is wrong, or the mode is another one.
        """
        degrees = _rotation_degrees(image_processing_options)
        return FaceLandmarkerResult.of(self._landmarker.detect(image, rotation_degrees=degrees))

    def detect_for_video(
        self,
        image: Any,
        timestamp_ms: int,
        image_processing_options: ImageProcessingOptions | None = None,
    ) -> FaceLandmarkerResult:
        """Finds the faces of the next frame of a video. For VIDEO mode.

        Args:
          image: as in `detect`.
          timestamp_ms: the frame's time in milliseconds, larger than in the call before.
          image_processing_options: as in `detect`, the same for all frames.

        Raises:
          InputError: as `detect` does, or the timestamp does not increase.
        """
        degrees = _rotation_degrees(image_processing_options)
        found = self._landmarker.detect_for_video(image, timestamp_ms, rotation_degrees=degrees)
        return FaceLandmarkerResult.of(found)

    def detect_async(
        self,
        image: Any,
        timestamp_ms: int,
        image_processing_options: ImageProcessingOptions | None = None,
    ) -> None:
        """Hands over the newest frame of a live stream. For LIVE_STREAM mode.

        The result goes to ``result_callback(result, image, timestamp_ms)``. If a frame still waits when the
        next one comes, then it is dropped and gets no callback.

        Args:
          image: as in `detect`; the callback gets the same object.
          timestamp_ms: the frame's time in milliseconds, larger than in the call before.
          image_processing_options: as in `detect`, the same for all frames.

        Raises:
          InputError: as `detect_for_video` does.
          BaseException: the callback raised it on an earlier frame; this frame is not taken.
        """
        degrees = _rotation_degrees(image_processing_options)
        self._landmarker.detect_async(image, timestamp_ms, rotation_degrees=degrees)

    def close(self) -> None:
        """Ends the graph; a second call does nothing. In LIVE_STREAM mode the waiting frame is finished."""
        self._landmarker.close()

    def __enter__(self) -> FaceLandmarker:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _rotation_degrees(options: ImageProcessingOptions | None) -> int:
    if options is None:
        return 0
    if not isinstance(options, ImageProcessingOptions):
        raise TypeError(f"image_processing_options={options!r}; expected ImageProcessingOptions or None.")
    if options.region_of_interest is not None:
        raise InputError("This task doesn't support region-of-interest: leave region_of_interest None.")
    return options.rotation_degrees
