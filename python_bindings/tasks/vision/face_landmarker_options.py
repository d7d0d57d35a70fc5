"""FaceLandmarkerOptions: the options of MediaPipe Tasks' face landmarker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from attention_mesh.python_bindings.errors import InputError
from attention_mesh.python_bindings.landmarker.base_options import BaseOptions
from attention_mesh.python_bindings.landmarker.face_landmarker_options import (
    FaceLandmarkerOptions as CheckedOptions,
)
from attention_mesh.python_bindings.landmarker.face_landmarker_options import RunningMode
from attention_mesh.python_bindings.landmarker.face_landmarker_result import (
    FaceLandmarkerResult as ArrayResult,
)
from attention_mesh.python_bindings.tasks.vision.face_landmarker_result import FaceLandmarkerResult

ResultCallback = Callable[[FaceLandmarkerResult, Any, int], None]


@dataclass
class FaceLandmarkerOptions:
    """Options of a `FaceLandmarker`; as in MediaPipe they are checked when it is made.

    Attributes:
      base_options: the model file, which may be left out; see `BaseOptions`.
      running_mode: IMAGE, VIDEO or LIVE_STREAM.
      num_faces: the most faces to find.
      min_face_detection_confidence: a detection counts from this score on, 0 to 1.
      min_face_presence_confidence: landmarks count above this presence score, 0 to 1.
      min_tracking_confidence: in VIDEO and LIVE_STREAM mode a face is followed only above this presence
        score, 0 to 1.
      output_face_blendshapes: whether results have blend shapes.
      output_facial_transformation_matrixes: whether results have head poses.
      result_callback: in LIVE_STREAM mode ``callback(result, image, timestamp_ms)``; None in the others.
    """

    base_options: BaseOptions = field(default_factory=BaseOptions)
    running_mode: RunningMode = RunningMode.IMAGE
    num_faces: int = 1
    min_face_detection_confidence: float = 0.5
    min_face_presence_confidence: float = 0.5
    min_tracking_confidence: float = 0.5
    output_face_blendshapes: bool = False
    output_facial_transformation_matrixes: bool = False
    result_callback: ResultCallback | None = None

    def checked(self) -> CheckedOptions:
        """These options for `attention_mesh.FaceLandmarker`.

        Raises:
          InputError: an option is wrong.
        """
        callback = self.result_callback
        is_live = self.running_mode is RunningMode.LIVE_STREAM
        if is_live and callback is None:
            raise InputError(
                "The vision task is in live stream mode, a user-defined result callback must be provided: "
                "FaceLandmarkerOptions(result_callback=…)."
            )
        if not is_live and callback is not None:
            raise InputError(
                "The vision task is in image or video mode, a user-defined result callback should not be "
                "provided: leave result_callback None."
            )

        def call_back(result: ArrayResult, image: Any, timestamp_ms: int) -> None:
            assert callback is not None  # it is live
            callback(FaceLandmarkerResult.of(result), image, timestamp_ms)

        return CheckedOptions(
            base_options=self.base_options,
            running_mode=self.running_mode,
            num_faces=self.num_faces,
            min_face_detection_confidence=self.min_face_detection_confidence,
            min_face_presence_confidence=self.min_face_presence_confidence,
            min_tracking_confidence=self.min_tracking_confidence,
            output_face_blendshapes=self.output_face_blendshapes,
            output_facial_transformation_matrixes=self.output_facial_transformation_matrixes,
            result_callback=None if callback is None else call_back,
        )
