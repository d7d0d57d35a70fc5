"""FaceLandmarkerOptions: the options of a `FaceLandmarker`, with the three modes in which it runs."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal

import numpy as np

from attention_mesh.calculators.tensor.devices.network_runner import CPU, DEVICES, GPU
from attention_mesh.python_bindings.errors import InputError
from attention_mesh.python_bindings.landmarker.base_options import BaseOptions
from attention_mesh.python_bindings.landmarker.face_landmarker_result import FaceLandmarkerResult
from attention_mesh.python_bindings.landmarker.face_mesh_graph import DETECTORS

ResultCallback = Callable[[FaceLandmarkerResult, Any, int], None]

MOST_FACES_ON_GPU = 64
"""As many slots as the graph on the GPU has room for."""

_MOST_THREADS = 256
"""More only wait for each other, and the runtime hangs while it starts a million."""

BEST: Literal["best"] = "best"
"""The choice of `refine_passes` that measures a face in ten crops."""

_PASSES = '1, 2 or "best"'

_OUTPUT_OPTIONS = (
    "output_face_blendshapes",
    "output_facial_transformation_matrixes",
    "output_gaze",
    "output_blinks",
)


class RunningMode(Enum):
    """How images reach a landmarker; the names and values of MediaPipe Tasks.

    Attributes:
      IMAGE: unrelated photos, one `detect` call each; nothing is remembered between calls.
      VIDEO: decoded frames in order, one `detect_for_video` call each; faces are tracked and smoothed.
      LIVE_STREAM: a camera; `detect_async` returns at once, and results arrive at a callback.
    """

    IMAGE = "IMAGE"
    VIDEO = "VIDEO"
    LIVE_STREAM = "LIVE_STREAM"


@dataclass(frozen=True)
class FaceLandmarkerOptions:
    """Options of a `FaceLandmarker`, checked at construction.

    The first block has the names, order and defaults of MediaPipe Tasks; the second, from `detector` on, is
    our own.

    Attributes:
      base_options: model and device, see `BaseOptions`.
      running_mode: see `RunningMode`.
      num_faces: the most faces to find, 1 or more. While fewer are found, more candidates are measured.
      min_face_detection_confidence: a detection counts from this score on, 0 to 1.
      min_face_presence_confidence: landmarks count above this presence score, 0 to 1.
      min_tracking_confidence: in VIDEO and LIVE_STREAM mode a face is followed only above this presence
        score, 0 to 1; the larger of the two presence scores decides. Without effect in IMAGE mode.
      output_face_blendshapes: whether results have `blendshapes`.
      output_facial_transformation_matrixes: whether results have `poses`.
      result_callback: required in LIVE_STREAM mode, ``callback(result, image, timestamp_ms)``; None in the
        others.
      detector: "auto" looks near first. While fewer than num_faces faces are found, it also looks for small,
        lying and inverted ones. "short" is for faces within 2 m, as MediaPipe's; "full" is for faces within
        5 m.
      refine_passes: how often the face is cropped and measured: 1, 2 or "best". A second pass centers a badly
        framed face. "best" adds eight crops, turned a little, tighter and mirrored, and fuses what all find;
        results then have `landmark_spreads_px`. None is 2 in IMAGE mode and 1 in the others, which crop by
        the frame before (more is an error there).
      smooth_landmarks: One-Euro smoothing over time. None is True in VIDEO and LIVE_STREAM mode and False in
        IMAGE mode (True is an error there).
      with_attention: True runs the attention mesh with 478 points, False the plain mesh with 468.
      weights: of the attention network: "official"; "open", our own (docs/open_weights.md); or the path of a
        .tflite file that `attention-mesh export --fused` wrote.
      num_threads: threads of the networks; 0 leaves the choice to the runtime.
      device: where the networks run: "cpu"; "gpu", any that LiteRT's accelerator takes, software included; or
        "auto", a GPU that is not software. If no GPU runs a network whole, the CPU does; for "gpu", the log
        says why. None is what `base_options.delegate` says. See docs/gpu.md.
      whole_graph_on_gpu: whether the whole face mesh, not only its networks, runs on the GPU by WebGPU, in
        VIDEO and LIVE_STREAM mode. It needs device "gpu" or "auto", the extra `gpu`, weights other than
        "open", and at most 64 faces. Without such a GPU the graph of the CPU runs; for "gpu", the log says
        why. If the GPU fails later, the CPU goes on from that frame, and the log says why.
      output_gaze: whether results have `gaze`.
      calibration_seconds: people look differently when they show no expression. Over so many seconds the
        neutral face of each person is learned, and the blend shapes after that are measured from it. 0 learns
        none. Without effect without output_face_blendshapes; above 0 is an error in IMAGE mode.
      neutral_face: (478, 3) float32, the neutral face of the only person, as `BlendshapeNetwork.calibrate`
        gives it; None if it is unknown.
      output_blinks: whether results have `eye_aspect_ratios` and, except in IMAGE mode, `blinks`.
      vertical_fov_degrees: the camera's angle of view from the bottom to the top of the image, above 0 and
        below 180. It decides the distances in `poses`, and how well poses and `gaze` of turned heads fit; 63
        is MediaPipe's.

    Raises:
      InputError: an option is wrong; the text names it, its value and what would be right.
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

    detector: str = "auto"
    refine_passes: int | Literal["best"] | None = None
    smooth_landmarks: bool | None = None
    with_attention: bool = True
    weights: str = "official"
    num_threads: int = 0
    device: str | None = None
    whole_graph_on_gpu: bool = False
    output_gaze: bool = False
    output_blinks: bool = False
    calibration_seconds: float = 0.0
    neutral_face: np.ndarray | None = field(default=None, compare=False)
    vertical_fov_degrees: float = 63.0

    def __post_init__(self) -> None:
        if not isinstance(self.base_options, BaseOptions):
            _fail("base_options", self.base_options, "a BaseOptions")
        if not isinstance(self.running_mode, RunningMode):
            _fail("running_mode", self.running_mode, "RunningMode.IMAGE, VIDEO or LIVE_STREAM")
        for name in (
            "min_face_detection_confidence",
            "min_face_presence_confidence",
            "min_tracking_confidence",
        ):
            self._take_number(name)
        self._take_fov()
        for name in _OUTPUT_OPTIONS:
            self._take_bool(name, "True or False")
        if self.detector not in DETECTORS:
            _fail("detector", self.detector, " or ".join(repr(name) for name in DETECTORS))
        if self.device is not None and self.device not in DEVICES:
            _fail("device", self.device, f"{', '.join(repr(name) for name in DEVICES)} or None")
        if not isinstance(self.weights, str):
            _fail("weights", self.weights, "'official', 'open' or the path of a .tflite file")
        base = self.base_options
        if self.weights != "official" and (base.model_asset_path or base.model_asset_buffer):
            _fail("weights", self.weights, "'official', because base_options names a model file")
        self._take_bool("with_attention", "True or False")
        if self.smooth_landmarks is not None:
            self._take_bool("smooth_landmarks", "True, False or None")
        self._take_whole("num_faces", 1, "a whole number, 1 or more")
        self._take_whole("num_threads", 0, f"a whole number, 0 (automatic) to {_MOST_THREADS}", _MOST_THREADS)
        if self.refine_passes is not None and not isinstance(self.refine_passes, str):
            self._take_whole("refine_passes", 1, _PASSES)
        if (self.output_face_blendshapes or self.output_gaze) and not self.with_attention:
            _fail("with_attention", False, "True, because blend shapes and gaze need the irises")
        self._check_calibration()
        self._check_mode()
        self._take_bool("whole_graph_on_gpu", "True or False")
        if self.whole_graph_on_gpu:
            self._check_whole_graph()

    def _check_whole_graph(self) -> None:
        right = "False, unless {}"
        if self.running_mode is RunningMode.IMAGE:
            _fail("whole_graph_on_gpu", True, right.format("running_mode is VIDEO or LIVE_STREAM"))
        if self.network_device == CPU:
            _fail("whole_graph_on_gpu", True, right.format("device is 'gpu' or 'auto'"))
        if self.weights == "open":
            _fail("whole_graph_on_gpu", True, right.format("weights are others than 'open'"))
        if self.num_faces > MOST_FACES_ON_GPU:
            _fail("num_faces", self.num_faces, f"at most {MOST_FACES_ON_GPU} with whole_graph_on_gpu")

    def _check_calibration(self) -> None:
        seconds, neutral = self.calibration_seconds, self.neutral_face
        is_number = isinstance(seconds, numbers.Real) and not isinstance(seconds, bool)
        if not is_number or not 0 <= float(seconds) < math.inf:
            _fail("calibration_seconds", seconds, "a number of seconds, 0 or more")
        object.__setattr__(self, "calibration_seconds", float(seconds))
        if self.calibration_seconds and self.running_mode is RunningMode.IMAGE:
            _fail("calibration_seconds", seconds, "0 in IMAGE mode, whose images are unrelated")
        if neutral is None:
            return
        if not isinstance(neutral, np.ndarray) or neutral.shape != (478, 3) or neutral.dtype.kind != "f":
            shape = getattr(neutral, "shape", type(neutral).__name__)
            raise InputError(
                f"FaceLandmarkerOptions: neutral_face is {shape}; expected (478, 3) float32, as "
                "BlendshapeNetwork.calibrate gives it, or None."
            )
        if self.calibration_seconds:
            _fail("calibration_seconds", seconds, "0, because neutral_face is given")

    def _take_number(self, name: str) -> None:
        """Makes a float of a number of any kind, including NumPy's."""
        value = getattr(self, name)
        if isinstance(value, bool) or not isinstance(value, numbers.Real) or not 0 <= float(value) <= 1:
            _fail(name, value, "a number from 0 to 1")
        object.__setattr__(self, name, float(value))

    def _take_fov(self) -> None:
        value = self.vertical_fov_degrees
        if isinstance(value, bool) or not isinstance(value, numbers.Real) or not 0 < float(value) < 180:
            _fail("vertical_fov_degrees", value, "a number above 0 and below 180")
        object.__setattr__(self, "vertical_fov_degrees", float(value))

    def _take_whole(self, name: str, least: int, right: str, most: int | None = None) -> None:
        """Makes an int of a whole number of any kind, including NumPy's."""
        value = getattr(self, name)
        if isinstance(value, bool) or not isinstance(value, numbers.Integral) or int(value) < least:
            _fail(name, value, right)
        if most is not None and int(value) > most:
            _fail(name, value, right)
        object.__setattr__(self, name, int(value))

    def _take_bool(self, name: str, right: str) -> None:
        """Makes a bool of a truth value, including NumPy's."""
        value = getattr(self, name)
        if not isinstance(value, (bool, np.bool_)):
            _fail(name, value, right)
        object.__setattr__(self, name, bool(value))

    def _check_mode(self) -> None:
        still = self.running_mode is RunningMode.IMAGE
        live = self.running_mode is RunningMode.LIVE_STREAM
        if live and not callable(self.result_callback):
            _fail("result_callback", self.result_callback, "a function, because running_mode is LIVE_STREAM")
        if not live and self.result_callback is not None:
            _fail("result_callback", self.result_callback, "None, unless running_mode is LIVE_STREAM")
        if self.refine_passes not in (None, 1, 2, BEST):
            _fail("refine_passes", self.refine_passes, _PASSES)
        if self.refine_passes in (2, BEST) and not still:
            _fail(
                "refine_passes",
                self.refine_passes,
                f"1 in {self.running_mode.name} mode, which crops from the frame before",
            )
        if self.smooth_landmarks and still:
            _fail("smooth_landmarks", True, "False in IMAGE mode, whose images are unrelated")

    @property
    def network_device(self) -> str:
        """`device` with its default filled in: "cpu", "gpu" or "auto"."""
        if self.device is not None:
            return self.device
        return GPU if self.base_options.delegate is BaseOptions.Delegate.GPU else CPU

    @property
    def passes(self) -> int | Literal["best"]:
        """`refine_passes` with its default filled in: 1, 2 or "best"."""
        if self.refine_passes is not None:
            return self.refine_passes
        return 2 if self.running_mode is RunningMode.IMAGE else 1

    @property
    def expression_outputs(self) -> tuple[str, ...]:
        """The attributes of results beside the landmarks that are asked for."""
        is_still = self.running_mode is RunningMode.IMAGE
        asked = {
            "poses": self.output_facial_transformation_matrixes,
            "blendshapes": self.output_face_blendshapes,
            "gaze": self.output_gaze,
            "eye_aspect_ratios": self.output_blinks,
            "blinks": self.output_blinks and not is_still,
        }
        return tuple(name for name, is_asked in asked.items() if is_asked)

    @property
    def expression_side_packets(self) -> dict[str, Any]:
        """The side packets of the graph that makes `expression_outputs`."""
        packets: dict[str, Any] = {
            "calibration_seconds": self.calibration_seconds,
            "vertical_fov_degrees": self.vertical_fov_degrees,
        }
        if self.neutral_face is not None:
            packets["neutral_face"] = self.neutral_face.astype(np.float32)
        return packets

    @property
    def presence_threshold(self) -> float:
        """The presence score above which a face counts, for this mode."""
        if self.running_mode is RunningMode.IMAGE:
            return self.min_face_presence_confidence
        return max(self.min_face_presence_confidence, self.min_tracking_confidence)

    @property
    def smooth(self) -> bool:
        """`smooth_landmarks` with its default filled in."""
        if self.smooth_landmarks is not None:
            return self.smooth_landmarks
        return self.running_mode is not RunningMode.IMAGE


def _fail(name: str, value: Any, right: str) -> None:
    raise InputError(f"FaceLandmarkerOptions: {name}={value!r}; expected {right}.")
