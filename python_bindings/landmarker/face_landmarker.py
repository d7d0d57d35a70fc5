"""FaceLandmarker: face landmarks of photos, videos and live streams, with the names of MediaPipe Tasks."""

from __future__ import annotations

import functools
import math
import numbers
import operator
import reprlib
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from attention_mesh.forks import InheritedLocks
from attention_mesh.framework import SynchronousGraph
from attention_mesh.framework.timestamps import MAX
from attention_mesh.geometry.normalized_rects import RECT_FIELDS, NormalizedRects
from attention_mesh.geometry.quarter_turns import landmarks_turned_back, rects_turned_back, turned
from attention_mesh.python_bindings.errors import InputError
from attention_mesh.python_bindings.images import rgb_array
from attention_mesh.python_bindings.landmarker.base_options import BaseOptions
from attention_mesh.python_bindings.landmarker.color_order_check import ColorOrderCheck
from attention_mesh.python_bindings.landmarker.face_expression_graph import FaceExpressionGraph
from attention_mesh.python_bindings.landmarker.face_landmarker_options import (
    FaceLandmarkerOptions,
    ResultCallback,
    RunningMode,
)
from attention_mesh.python_bindings.landmarker.face_landmarker_result import FaceLandmarkerResult
from attention_mesh.python_bindings.landmarker.face_mesh_graph import open_face_mesh_graph
from attention_mesh.python_bindings.landmarker.forgotten_landmarkers import OPEN_LANDMARKERS
from attention_mesh.python_bindings.landmarker.gpu_face_mesh import GpuFaceMesh
from attention_mesh.python_bindings.landmarker.landmarker_graph import (
    landmarker_side_packets,
    open_landmarker_graph,
)
from attention_mesh.python_bindings.landmarker.newest_item_worker import NewestItemWorker

_MOST_MS = MAX // 1000

_METHODS = {
    RunningMode.IMAGE: "detect",
    RunningMode.VIDEO: "detect_for_video",
    RunningMode.LIVE_STREAM: "detect_async",
}
_MODES_IN_WORDS = {
    RunningMode.IMAGE: "image mode",
    RunningMode.VIDEO: "video mode",
    RunningMode.LIVE_STREAM: "live stream mode",
}


class FaceLandmarker:
    """Finds 478 3D landmarks of every face.

    Example::

        with FaceLandmarker.create_from_options(FaceLandmarkerOptions(num_faces=2)) as landmarker:
            result = landmarker.detect(image)      # (H, W, 3) uint8 RGB
            result.landmarks_px                    # (F, 478, 3) float32

    The first landmarker fetches the official weights if they are not in the cache yet.

    Threads: several threads may use one landmarker. A lock serializes its calls, in an unspecified order, and
    the graph runs on the calling thread. For parallel work use one landmarker per thread. Only LIVE_STREAM
    mode has its own thread, which runs the callback and which `close` ends. The thread of a forgotten
    landmarker ends by itself. When the program ends, the frame under way is finished, and the waiting one is
    dropped.

    Processes: a forked process may use and close the landmarkers of its parent, which do not notice. In
    LIVE_STREAM mode, the frames under way are finished by the parent only.

    Errors: after any error the landmarker stays usable. If the graph itself failed, then the next call starts
    it again, and track ids begin at 1 again.

    Args:
      options: its options; None takes the defaults.

    Raises:
      TypeError: the options are of another type.
      InputError: the model file of `BaseOptions` is no model of a face landmarker.
      WeightsError: the weights are neither in the cache nor available.
    """

    def __init__(self, options: FaceLandmarkerOptions | None = None) -> None:
        if options is not None and not isinstance(options, FaceLandmarkerOptions):
            raise TypeError(f"FaceLandmarker: options={options!r}; expected FaceLandmarkerOptions or None.")
        self._options = options if options is not None else FaceLandmarkerOptions()
        OPEN_LANDMARKERS.add(self)
        self._lock = threading.RLock()
        self._graph_lock = threading.Lock()  # in LIVE_STREAM mode, whose thread takes no other lock
        self._locks = InheritedLocks(self._lock, self._graph_lock)
        self._closed = False
        self._next_image_us = 0
        self._last_ms: int | None = None
        self._weights = self._options.base_options.landmark_weights() or self._options.weights
        self._graph, self._more = open_landmarker_graph(self._options, self._weights)
        outputs = tuple(name for name in self._options.expression_outputs if name not in self._more)
        self._roi_graph: SynchronousGraph | None = None
        self._expression = (
            FaceExpressionGraph(outputs, self._options.expression_side_packets) if outputs else None
        )
        self._colors = ColorOrderCheck()
        self._worker: NewestItemWorker | None = None
        if self._options.running_mode is RunningMode.LIVE_STREAM:
            callback = self._options.result_callback
            assert callback is not None  # the options are refused without it
            # It does not refer to the landmarker, so that the worker does not keep a forgotten one.
            work = functools.partial(
                _run_live, self._graph, self._more, self._expression, self._colors, self._graph_lock, callback
            )
            self._worker = NewestItemWorker(work, name="FaceLandmarker live stream")

    @classmethod
    def create_from_options(cls, options: FaceLandmarkerOptions) -> FaceLandmarker:
        """Makes a landmarker, as the constructor does; MediaPipe's name for it."""
        return cls(options)

    @classmethod
    def create_from_model_path(cls, model_path: str) -> FaceLandmarker:
        """Makes a landmarker for photos from a model file; see `BaseOptions`."""
        return cls(FaceLandmarkerOptions(base_options=BaseOptions(model_asset_path=model_path)))

    @property
    def options(self) -> FaceLandmarkerOptions:
        """The options that the landmarker was made with."""
        return self._options

    def detect(
        self, image: Any, rois: np.ndarray | None = None, *, rotation_degrees: int = 0
    ) -> FaceLandmarkerResult:
        """Finds the landmarks of one photo. For IMAGE mode.

        Args:
          image: (H, W, 3) uint8 RGB, or an object with `numpy_view()` that gives one.
          rois: the regions of the faces, in place of a detector: (F, 5) float, x_center, y_center, width and
            height in pixels, and rotation in radians, clockwise, as a result's `rois`. Each region is
            measured unchanged, in one pass. A region without a face above min_face_presence_confidence is
            left out, and num_faces has no effect.
          rotation_degrees: by which the image is turned clockwise before faces are searched, so that they
            stand upright: a multiple of 90. What is found is in the image as it is given.

        Returns:
          The faces of the photo; its timestamp is 0.

        Raises:
          InputError: the image or a region is wrong, the mode is another one, or the landmarker is closed.
          TypeError: `image` is no image at all.
        """
        self._expect_mode(RunningMode.IMAGE, "detect")
        array, quarters = rgb_array(image), _quarters(rotation_degrees)
        rects = None if rois is None else _checked_rois(rois, (array.shape[1], array.shape[0]))
        if rects is not None and quarters:
            raise InputError("rotation_degrees is for a search; rois have a rotation of their own.")
        with self._lock:
            self._expect_open()
            self._next_image_us += 1_000_000
            if rects is None:
                result = _run(
                    self._graph, self._more, self._expression, array, self._next_image_us, 0, quarters
                )
                return self._colors.checked(array, result)
            if self._roi_graph is None:
                self._roi_graph = open_face_mesh_graph(
                    "attention_mesh", landmarker_side_packets(self._options, self._weights)
                )
            result = _run(self._roi_graph, (), self._expression, array, self._next_image_us, 0, rois=rects)
            return self._colors.checked(array, result)

    def detect_for_video(
        self, image: Any, timestamp_ms: float, *, rotation_degrees: int = 0
    ) -> FaceLandmarkerResult:
        """Finds the landmarks of the next frame of a video. For VIDEO mode.

        Args:
          image: as in `detect`.
          timestamp_ms: the frame's time in whole milliseconds, larger than in the call before; see `reset`.
          rotation_degrees: as in `detect`, the same for all frames of a video.

        Returns:
          The faces of the frame.

        Raises:
          InputError: the image is wrong, the timestamp does not increase, the mode is another one, or the
            landmarker is closed.
          TypeError: `image` is no image at all, or `timestamp_ms` no whole number.
        """
        self._expect_mode(RunningMode.VIDEO, "detect_for_video")
        array, quarters = rgb_array(image), _quarters(rotation_degrees)
        with self._lock:
            self._expect_open()
            timestamp_ms = self._checked_timestamp(timestamp_ms)
            timestamp_us = timestamp_ms * 1000
            result = _run(
                self._graph, self._more, self._expression, array, timestamp_us, timestamp_us, quarters
            )
            self._last_ms = timestamp_ms
            return self._colors.checked(array, result)

    def detect_async(self, image: Any, timestamp_ms: float, *, rotation_degrees: int = 0) -> None:
        """Hands over the newest frame of a live stream and returns at once. For LIVE_STREAM mode.

        The result goes to ``result_callback(result, image, timestamp_ms)``, in order of time, on the
        landmarker's thread. If a frame still waits when the next one comes, then it is dropped and gets no
        callback.

        Args:
          image: as in `detect`; an array is copied, so that its memory may be reused.
          timestamp_ms: the frame's time in milliseconds, larger than in the call before.
          rotation_degrees: as in `detect`, the same for all frames of a stream.

        Raises:
          InputError, TypeError: as `detect_for_video` does.
          BaseException: the callback, or the graph on an earlier frame, raised it; this frame is not taken.
        """
        self._expect_mode(RunningMode.LIVE_STREAM, "detect_async")
        array, quarters = rgb_array(image), _quarters(rotation_degrees)
        if isinstance(image, np.ndarray):
            image = array = array.copy() if np.may_share_memory(array, image) else array
        with self._lock:
            self._expect_open()
            timestamp_ms = self._checked_timestamp(timestamp_ms)
            assert self._worker is not None  # every landmarker in LIVE_STREAM mode has one
            self._worker.put((array, image, timestamp_ms, quarters))
            self._last_ms = timestamp_ms

    def reset(self) -> None:
        """Makes the landmarker ready for the next video: what it knows of the last one is forgotten.

        Faces are detected and smoothed as at the start, track ids begin at 1 again, and so may timestamps. In
        LIVE_STREAM mode, the frames handed over before are finished first. In IMAGE mode there is nothing to
        forget.

        Raises:
          InputError: the landmarker is closed.
          RuntimeError: it is called from the callback.
          BaseException: the callback raised it last, and no other call has raised it yet.
        """
        if self._worker is not None:
            self._worker.expect_other_thread()
        with self._lock:
            self._expect_open()
            if self._options.running_mode is RunningMode.IMAGE:
                return
        try:
            if self._worker is not None:
                self._worker.finish()  # without the lock, which the callback may need
        finally:
            with self._lock, self._graph_lock:
                if not self._closed:
                    self._graph.reset()
                    if self._expression is not None:
                        self._expression.reset()
                    self._last_ms = None

    def close(self) -> None:
        """Ends the graph. In LIVE_STREAM mode, finishes the waiting frame and ends the thread first.

        A second call does nothing.

        Raises:
          RuntimeError: it is called from the callback.
          BaseException: the callback raised it last, and no other call has raised it yet.
        """
        if self._worker is not None:
            self._worker.expect_other_thread()
        with self._lock:
            if self._closed:
                return
            self._closed = True
            OPEN_LANDMARKERS.remove(self)
        try:
            if self._worker is not None:
                self._worker.close()
        finally:
            with self._lock:
                self._graph.close()
                if self._expression is not None:
                    self._expression.close()
                if self._roi_graph is not None:
                    self._roi_graph.close()

    def __enter__(self) -> FaceLandmarker:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _expect_mode(self, mode: RunningMode, method: str) -> None:
        mine = self._options.running_mode
        if mine is not mode:
            raise InputError(
                f"{method}() is for running_mode {mode.name}, but this landmarker was made with {mine.name}: "
                f"it is not initialized with the {_MODES_IN_WORDS[mode]}. Call {_METHODS[mine]}() or make "
                "another."
            )

    def _expect_open(self) -> None:
        if self._closed:
            raise InputError("This FaceLandmarker is closed; make another.")

    def _checked_timestamp(self, timestamp_ms: float) -> int:
        timestamp_ms = _whole_milliseconds(timestamp_ms)
        if abs(timestamp_ms) > _MOST_MS:
            raise InputError(f"timestamp_ms={timestamp_ms} is out of range; expected at most ±{_MOST_MS}.")
        if self._last_ms is not None and timestamp_ms <= self._last_ms:
            raise InputError(
                f"Input timestamp must be monotonically increasing: timestamp_ms={timestamp_ms} does not "
                f"increase: the frame before was at {self._last_ms}. This frame was not taken; continue with "
                f"{self._last_ms + 1} or more."
            )
        return timestamp_ms


def _run(
    graph: SynchronousGraph | GpuFaceMesh,
    more_names: Sequence[str],
    expression: FaceExpressionGraph | None,
    image: np.ndarray,
    graph_us: int,
    timestamp_us: int,
    quarters: int = 0,
    rois: NormalizedRects | None = None,
) -> FaceLandmarkerResult:
    """Measures the faces of an image that is turned clockwise by so many quarters.

    `graph_us` is the time in the graph, `timestamp_us` the result's. `more_names` are the attributes of a
    result that the graph returns after landmarks, regions and scores.
    """
    inputs: dict[str, Any] = {"image": turned(image, quarters)}
    if rois is not None:
        inputs["rois"] = rois
    landmarks, rects, scores, *more_values = graph.run(graph_us, inputs)
    size = (image.shape[1], image.shape[0])
    if quarters:
        landmarks = landmarks_turned_back(landmarks, quarters, size)
        rects = rects_turned_back(rects, quarters, size)
    more = dict(zip(more_names, more_values, strict=True))
    if expression is not None:
        more |= expression.run(graph_us, landmarks, rects, size)
    return FaceLandmarkerResult.from_normalized(landmarks, rects, scores, timestamp_us, size, more)


def _run_live(
    graph: SynchronousGraph | GpuFaceMesh,
    more_names: Sequence[str],
    expression: FaceExpressionGraph | None,
    colors: ColorOrderCheck,
    lock: threading.Lock,
    callback: ResultCallback,
    frame: tuple[np.ndarray, Any, int, int],
) -> None:
    """Measures a frame of a live stream and calls back, on the worker's thread."""
    array, image, timestamp_ms, quarters = frame
    timestamp_us = timestamp_ms * 1000
    with lock:
        result = _run(graph, more_names, expression, array, timestamp_us, timestamp_us, quarters)
    callback(colors.checked(array, result), image, timestamp_ms)


def _whole_milliseconds(value: float) -> int:
    """Returns a whole number of any kind as an int. TypeError for anything else."""
    hint = "give an int"
    if isinstance(value, numbers.Real) and not isinstance(value, numbers.Integral):
        if math.isfinite(value) and value == int(value):
            return int(value)
        hint = "give round(timestamp_ms)"
    try:
        if isinstance(value, bool):
            raise TypeError
        return operator.index(value)  # type: ignore[arg-type]  # it may be anything
    except TypeError:
        raise TypeError(f"timestamp_ms={value!r} is not a whole number of milliseconds; {hint}.") from None


def _quarters(rotation_degrees: int) -> int:
    """Quarter turns, 0 to 3, of a rotation in degrees. InputError if it is no multiple of 90."""
    whole = isinstance(rotation_degrees, numbers.Real) and not isinstance(rotation_degrees, bool)
    if not whole or rotation_degrees % 90 != 0:
        raise InputError(f"rotation_degrees={rotation_degrees!r}; Expected rotation to be a multiple of 90°.")
    return int(rotation_degrees // 90 % 4)


def _checked_rois(rois: np.ndarray, size: tuple[int, int]) -> NormalizedRects:
    try:
        given = np.asarray(rois)
    except ValueError:  # rows of different lengths
        given = np.asarray(None)
    if given.dtype.kind not in "iuf":
        raise InputError(f"rois={reprlib.repr(rois)}; expected (F, 5) numbers: {', '.join(RECT_FIELDS)}.")
    rois = given.astype(np.float32).reshape(0, 5) if given.shape == (0,) else given.astype(np.float32)
    if rois.ndim != 2 or rois.shape[1] != 5:
        raise InputError(f"rois has shape {rois.shape}; expected (F, 5): {', '.join(RECT_FIELDS)}.")
    if not np.isfinite(rois).all() or (rois[:, 2:4] <= 0).any():
        raise InputError(
            "rois has a region whose numbers are not finite, or whose width or height is not above 0."
        )
    return NormalizedRects.from_pixels(rois, size)
