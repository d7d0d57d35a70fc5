"""Face landmarks of photos, videos and live streams: our own API, with the names of MediaPipe Tasks."""

from __future__ import annotations

import contextlib
import functools
import operator
import threading
from typing import Any

import numpy as np

from attention_mesh.framework import CalculatorGraph, load_graph_config
from attention_mesh.python_bindings.face_landmarker_options import FaceLandmarkerOptions
from attention_mesh.python_bindings.face_landmarker_result import FaceLandmarkerResult
from attention_mesh.python_bindings.face_mesh_graph import face_mesh_graph_path, face_mesh_side_packets
from attention_mesh.python_bindings.image_input import rgb_array
from attention_mesh.python_bindings.newest_item_worker import NewestItemWorker
from attention_mesh.python_bindings.running_mode import RunningMode

_OUTPUTS = ("landmarks", "rois", "scores")
_METHODS = {
    RunningMode.IMAGE: "detect",
    RunningMode.VIDEO: "detect_for_video",
    RunningMode.LIVE_STREAM: "detect_async",
}


class FaceLandmarker:
    """Finds 478 3D landmarks of every face.

        with FaceLandmarker.create_from_options(FaceLandmarkerOptions(num_faces=2)) as landmarker:
            result = landmarker.detect(image)      # (H, W, 3) uint8 RGB
            result.landmarks_px                    # (F, 478, 3) float32

    The first landmarker fetches the official weights, if they are not in the cache yet.

    Threads: one landmarker may be used from several threads; a lock serialises its calls, in no promised
    order. The graph runs on the calling thread. For parallel work use one landmarker a thread. Only
    LIVE_STREAM has a thread of its own, which `close` ends; the callback runs on it.

    Errors: ValueError for a wrong image, a wrong call for the mode, or a timestamp that does not increase.
    After any error the landmarker stays usable; where the graph itself failed, the next call starts it
    afresh (tracks then get new ids).
    """

    def __init__(self, options: FaceLandmarkerOptions | None = None) -> None:
        self._options = options if options is not None else FaceLandmarkerOptions()
        self._config = load_graph_config(
            face_mesh_graph_path("face_mesh_two_pass" if self._options.passes == 2 else "face_mesh")
        )
        self._lock = threading.RLock()
        self._closed = False
        self._next_image_us = 0
        self._last_ms: int | None = None
        self._packets: dict[str, Any] = {}
        self._graph: CalculatorGraph | None = self._start_graph()
        self._worker: NewestItemWorker | None = None
        if self._options.running_mode is RunningMode.LIVE_STREAM:
            self._worker = NewestItemWorker(self._run_live, name="FaceLandmarker live stream")

    @classmethod
    def create_from_options(cls, options: FaceLandmarkerOptions) -> FaceLandmarker:
        """Makes a landmarker; raises WeightsError when the weights are neither cached nor to be had."""
        return cls(options)

    @property
    def options(self) -> FaceLandmarkerOptions:
        """The options it was made with."""
        return self._options

    def detect(self, image: Any) -> FaceLandmarkerResult:
        """Landmarks of one photo, IMAGE mode.

        `image`: (H, W, 3) uint8 RGB, or an object with `numpy_view()` that gives one.
        """
        self._expect_mode(RunningMode.IMAGE, "detect")
        array = rgb_array(image)
        with self._lock:
            self._expect_open()
            self._next_image_us += 1_000_000
            return self._run(array, self._next_image_us, reported_us=0)

    def detect_for_video(self, image: Any, timestamp_ms: int) -> FaceLandmarkerResult:
        """Landmarks of the next frame of a video, VIDEO mode.

        `image`: as in `detect`. `timestamp_ms`: the frame's time, larger than in the call before.
        """
        self._expect_mode(RunningMode.VIDEO, "detect_for_video")
        array = rgb_array(image)
        with self._lock:
            self._expect_open()
            timestamp_ms = self._checked_timestamp(timestamp_ms)
            result = self._run(array, timestamp_ms * 1000, reported_us=timestamp_ms * 1000)
            self._last_ms = timestamp_ms
            return result

    def detect_async(self, image: Any, timestamp_ms: int) -> None:
        """Hands over the newest frame of a live stream and returns at once, LIVE_STREAM mode.

        `image`: as in `detect`; an array is copied, so its memory may be reused. `timestamp_ms`: the frame's
        time, larger than in the call before. The result goes to ``result_callback(result, image,
        timestamp_ms)``, in order of time, on the landmarker's thread. A frame that is still waiting when the
        next one comes is dropped and gets no callback.

        Raises what the callback, or the graph on an earlier frame, raised; this frame is then not taken.
        """
        self._expect_mode(RunningMode.LIVE_STREAM, "detect_async")
        array = rgb_array(image)
        if isinstance(image, np.ndarray):
            image = array = array.copy() if np.may_share_memory(array, image) else array
        with self._lock:
            self._expect_open()
            timestamp_ms = self._checked_timestamp(timestamp_ms)
            self._worker.put((array, image, timestamp_ms))
            self._last_ms = timestamp_ms

    def close(self) -> None:
        """Ends the graph and, in LIVE_STREAM mode, finishes the waiting frame and joins the thread.

        May be called twice, but not from the callback. Raises what the callback raised last, if that has not
        surfaced yet.
        """
        if self._worker is not None:
            self._worker.expect_other_thread()
        with self._lock:
            if self._closed:
                return
            self._closed = True
        try:
            if self._worker is not None:
                self._worker.close()
        finally:
            with self._lock:
                self._drop_graph()

    def __enter__(self) -> FaceLandmarker:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _expect_mode(self, mode: RunningMode, method: str) -> None:
        mine = self._options.running_mode
        if mine is not mode:
            raise ValueError(
                f"{method}() is for running_mode {mode.name}, but this landmarker was made with {mine.name}; "
                f"call {_METHODS[mine]}() or make another."
            )

    def _expect_open(self) -> None:
        if self._closed:
            raise ValueError("This FaceLandmarker is closed; make another.")

    def _checked_timestamp(self, timestamp_ms: int) -> int:
        try:
            timestamp_ms = operator.index(timestamp_ms)
        except TypeError:
            raise TypeError(f"timestamp_ms={timestamp_ms!r} is not a whole number of milliseconds.") from None
        if self._last_ms is not None and timestamp_ms <= self._last_ms:
            raise ValueError(
                f"timestamp_ms={timestamp_ms} does not increase: the frame before was at {self._last_ms}. "
                f"This frame was not taken; go on with {self._last_ms + 1} or more."
            )
        return timestamp_ms

    def _start_graph(self) -> CalculatorGraph:
        options = self._options
        graph = CalculatorGraph(graph_config=self._config, scheduler="caller")
        for name in _OUTPUTS:
            graph.observe_output_stream(name, functools.partial(self._packets.__setitem__, name))
        graph.start_run(
            face_mesh_side_packets(
                num_faces=options.num_faces,
                with_attention=options.with_attention,
                use_prev_landmarks=options.running_mode is not RunningMode.IMAGE,
                detector=options.detector,
                min_detection_confidence=options.min_face_detection_confidence,
                min_tracking_confidence=options.presence_threshold,
                smooth_landmarks=options.smooth,
                num_threads=options.num_threads,
            )
        )
        return graph

    def _drop_graph(self) -> None:
        graph, self._graph = self._graph, None
        self._packets.clear()
        if graph is not None:
            graph.close()

    def _run(self, image: np.ndarray, timestamp_us: int, reported_us: int) -> FaceLandmarkerResult:
        """Sends one frame through the graph; whatever interrupts that leaves no half-run graph behind."""
        if self._graph is None:
            self._graph = self._start_graph()
        try:
            self._graph.add_packet("image", image, timestamp_us)
            self._graph.wait_until_idle()
            landmarks, rois, scores = (self._packets.pop(name).value for name in _OUTPUTS)
        except BaseException:
            with contextlib.suppress(Exception):  # the first error is the one to tell
                self._drop_graph()
            raise
        size = (image.shape[1], image.shape[0])
        return FaceLandmarkerResult.from_normalized(landmarks, rois, scores, reported_us, size)

    def _run_live(self, frame: tuple[np.ndarray, Any, int]) -> None:
        """On the worker's thread, the only one that touches the graph in LIVE_STREAM mode."""
        array, image, timestamp_ms = frame
        result = self._run(array, timestamp_ms * 1000, reported_us=timestamp_ms * 1000)
        self._options.result_callback(result, image, timestamp_ms)
