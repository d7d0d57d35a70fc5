"""The speed of the face mesh: of whole frames, of each node, and of the mesh network alone."""

from __future__ import annotations

import itertools
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from attention_mesh.cli.demo import astronaut_photo
from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.open_input import open_input
from attention_mesh.cli.run.graph_choice import GraphChoice
from attention_mesh.framework import CalculatorGraph, NodeProfile, Packet, load_graph_config
from attention_mesh.media.errors import MediaError
from attention_mesh.media.virtual_camera_source import VirtualCameraSource
from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
from attention_mesh.python_bindings.landmarker.face_landmarker_options import FaceLandmarkerOptions
from attention_mesh.python_bindings.landmarker.face_mesh_graph import (
    face_mesh_graph_path,
    face_mesh_side_packets,
)

_WARM_UP = 10  # frames
_BLOCK = 5  # frames, or runs of the network
_MAX_CLIP_BYTES = 512 << 20
_FRAME_US = 33_333

Result = TypeVar("Result")


@dataclass(frozen=True)
class Clip:
    """Frames in memory.

    Attributes:
      name: what the report calls them.
      images: (H, W, 3) uint8 RGB each.
    """

    name: str
    images: list[np.ndarray]

    def endless(self) -> Iterator[np.ndarray]:
        """The frames forwards and backwards without end, so that motion never jumps."""
        return itertools.cycle(self.images + self.images[-2:0:-1])


@dataclass(frozen=True)
class SpeedMeasurement:
    """A measurement; times in ms.

    Attributes:
      clip: the frames it was made on.
      first_frame_ms: time until the first result, with making the landmarker.
      frame_ms: (N,) time of each frame.
      faces: (N,) number of faces found in each frame; empty for a graph of the user's.
      nodes: the graph's nodes, from a second run with the profiler on.
      network_ms: (M,) time of the mesh network alone, with as many faces in a batch as the warm-up found.
        Empty if it found none.
      packets: of a graph of the user's, how many packets each output stream had.
    """

    clip: Clip
    first_frame_ms: float
    frame_ms: np.ndarray
    faces: np.ndarray
    nodes: list[NodeProfile]
    network_ms: np.ndarray
    packets: Mapping[str, int] = field(default_factory=dict)


def load_clip(name: str | None, frames: int) -> Clip:
    """Decodes up to `frames` frames of a video, or films a photo; stops at 512 MB.

    Args:
      name: an input as of `attention-mesh run`; None for scikit-image's astronaut.
      frames: largest number of frames.

    Raises:
      MediaError: the file cannot be read.
      UsageError: the input is a camera or a folder, or there is no name and scikit-image is not installed.
    """
    if name is None:
        return _filmed(astronaut_photo(), "astronaut (scikit-image), filmed at 1280x720", frames)
    with open_input(name) as source:
        if source.still and not os.path.isdir(name):
            photo = next(iter(source), None)
            if photo is None:
                raise MediaError(source.failures[0])
            return _filmed(photo.image, f"{name}, filmed at 1280x720", frames)
        if source.live or source.still:
            raise UsageError(f"--input {name}: the benchmark takes a video or one photo")
        return Clip(name, _within_memory(frame.image for frame in itertools.islice(source, frames)))


def measure_speed(clip: Clip, options: FaceLandmarkerOptions, frames: int) -> SpeedMeasurement:
    """Measures `frames` frames of `clip`, played forwards and backwards, in video mode.

    Short blocks of whole frames and of the network alternate, so that other load on the machine slows both.
    """
    images, timestamps_ms = clip.endless(), itertools.count(0, 33)
    start = time.perf_counter()
    with FaceLandmarker.create_from_options(options) as landmarker:

        def whole_frame() -> int:
            return len(landmarker.detect_for_video(next(images), next(timestamps_ms)))

        whole_frame()
        first_frame_ms = (time.perf_counter() - start) * 1e3
        batch = int(np.median([whole_frame() for _ in range(_WARM_UP)]))
        network = _network_runner(options, batch) if batch else None
        frame_ms: list[float] = []
        faces: list[int] = []
        network_ms: list[float] = []
        while len(frame_ms) < frames:
            for _ in range(min(_BLOCK, frames - len(frame_ms))):
                elapsed_ms, found = _timed_ms(whole_frame)
                frame_ms.append(elapsed_ms)
                faces.append(found)
            if network is not None:
                network()
                network_ms += [_timed_ms(network)[0] for _ in range(_BLOCK)]
    nodes = _profile_nodes(clip, options, frames)
    return SpeedMeasurement(
        clip, first_frame_ms, np.array(frame_ms), np.array(faces), nodes, np.array(network_ms)
    )


def measure_graph(
    clip: Clip, choose: Callable[[bool, bool], GraphChoice], frames: int, trace: Path | None = None
) -> SpeedMeasurement:
    """Measures `frames` frames of `clip` through a graph of the user's, one at a time.

    Args:
      clip: the frames, played forwards and backwards.
      choose: makes the graph; its arguments are whether to profile and to trace.
      frames: how many are measured, after ten to warm up.
      trace: file for the Chrome trace of the frames with the profiler on.

    Raises:
      OSError: the trace cannot be written.
    """
    start = time.perf_counter()
    packets: Counter[str] = Counter()
    choice = choose(False, False)
    with choice.graph as graph:
        for entry in graph.validated_graph.outputs:
            graph.observe_output_stream(entry.name, partial(_count, packets, entry.name))
        graph.start_run(choice.side_packets)
        run_frame = partial(_run_frame, choice, clip.endless(), itertools.count(0, _FRAME_US))
        run_frame()
        first_frame_ms = (time.perf_counter() - start) * 1e3
        for _ in range(_WARM_UP):
            run_frame()
        packets.clear()
        frame_ms = np.array([_timed_ms(run_frame)[0] for _ in range(frames)])
    profiled = choose(True, trace is not None)
    with profiled.graph as graph:
        graph.start_run(profiled.side_packets)
        run_frame = partial(_run_frame, profiled, clip.endless(), itertools.count(0, _FRAME_US))
        for _ in range(frames):
            run_frame()
        nodes = graph.profile()
    if trace is not None:
        profiled.graph.write_trace(trace)
    return SpeedMeasurement(clip, first_frame_ms, frame_ms, np.zeros(0, int), nodes, np.zeros(0), packets)


def _run_frame(choice: GraphChoice, images: Iterator[np.ndarray], times_us: Iterator[int]) -> None:
    choice.graph.add_packet(choice.ports.input, next(images), next(times_us))
    choice.graph.wait_until_idle()


def _count(packets: Counter[str], stream: str, packet: Packet) -> None:
    packets[stream] += 1


def _timed_ms(work: Callable[[], Result]) -> tuple[float, Result]:
    start = time.perf_counter()
    result = work()
    return (time.perf_counter() - start) * 1e3, result


def _profile_nodes(clip: Clip, options: FaceLandmarkerOptions, frames: int) -> list[NodeProfile]:
    """Per-node figures of the same work, from a separate run, because the profiler costs a little time."""
    config = load_graph_config(face_mesh_graph_path("face_mesh"))
    side_packets = face_mesh_side_packets(
        num_faces=options.num_faces,
        with_attention=options.with_attention,
        detector=options.detector,
        smooth_landmarks=options.smooth,
        num_threads=options.num_threads,
    )
    with CalculatorGraph(graph_config=config, scheduler="caller", profile=True) as graph:
        graph.start_run(side_packets)
        for index, image in enumerate(itertools.islice(clip.endless(), frames)):
            graph.add_packet("image", image, index * _FRAME_US)
            graph.wait_until_idle()
        return graph.profile()


def _network_runner(options: FaceLandmarkerOptions, batch: int) -> Callable[[], None]:
    """Returns a function that runs the mesh network alone on `batch` faces, with the landmarker's threads."""
    from ai_edge_litert.interpreter import Interpreter

    from attention_mesh.models.runtime.litert_runner import without_delegate_notice
    from attention_mesh.models.runtime.thread_count import default_thread_count
    from attention_mesh.models.weights import model_path

    name = "face_landmark_with_attention" if options.with_attention else "face_landmark"
    with without_delegate_notice():
        interpreter = Interpreter(
            str(model_path(name, batch=batch)), num_threads=options.num_threads or default_thread_count()
        )
        interpreter.allocate_tensors()
    tensor = interpreter.get_input_details()[0]
    interpreter.set_tensor(tensor["index"], np.full(tensor["shape"], 0.5, np.float32))
    return interpreter.invoke


def _filmed(photo: np.ndarray, name: str, frames: int) -> Clip:
    camera = VirtualCameraSource(photo)
    return Clip(name, _within_memory(frame.image for frame in itertools.islice(camera, frames)))


def _within_memory(images: Iterator[np.ndarray]) -> list[np.ndarray]:
    kept: list[np.ndarray] = []
    size = 0
    for image in images:
        kept.append(image)
        size += image.nbytes
        if size >= _MAX_CLIP_BYTES:
            break
    return kept
