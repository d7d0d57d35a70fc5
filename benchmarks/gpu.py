"""Measures the face mesh graph on a GPU, beside the graph on the CPU, with the same frames in the same run.

    .venv/bin/python benchmarks/gpu.py [--adapter any] [--sizes 1280x720 3840x2160] [--faces 1 4 16]
        [--frames 60] [--output FILE.md]

The same code runs on a real GPU and on software. There, the device's work is that of the processor, and its
times say nothing of a GPU's. Latency is from the upload of a frame to its landmarks, one frame at a time.
Frames per second are those with frames in flight. Stages are measured by the device's clock. "Recording" is
what the thread that records does for a frame: the graph, the upload, and all commands. "Encoding" is the
commands alone: those of one frame are recorded and finished again and again. They are not submitted, because
the processor of a software adapter would find none of them in its caches the next time.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from clips import GRIDS, synthetic_frames
from gpu_limits import adapter_limits, network_demands
from spread import spread

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.cli.machine import machine_description
from attention_mesh.framework import CalculatorGraph, ValidatedGraph, load_graph_config
from attention_mesh.models.evaluation.markdown import markdown_table
from attention_mesh.models.runtime.errors import AcceleratorError
from attention_mesh.models.runtime.litert_gpu_runner import LitertGpuRunner
from attention_mesh.models.weights.conversion.gpu_form import gpu_form
from attention_mesh.models.weights.model_files import model_path
from attention_mesh.python_bindings.landmarker.face_mesh_graph import (
    face_mesh_graph_path,
    face_mesh_side_packets,
)
from attention_mesh.webgpu.device import GpuDevice
from attention_mesh.webgpu.gpu_recorder import GpuRecorder
from attention_mesh.webgpu.native_calls import BoundDispatch
from attention_mesh.webgpu.program_runner import ProgramRunner
from attention_mesh.webgpu.stage_clock import StageClock

FRAME_US = 33_333
WARM_UP = 5
ENCODINGS = 100
SHORT_RANGE_FACES = 8  # more are too small for that detector
# The detector rests in most frames.
NETWORKS = {"network of 192x192x3": "face_landmark_with_attention"}


def side_packets(graph: ValidatedGraph, faces: int, device: str) -> dict[str, Any]:
    taken = {entry.name for entry in graph.side_inputs}
    detector = "short" if faces <= SHORT_RANGE_FACES else "full"
    given = face_mesh_side_packets(
        num_faces=faces, spare_candidates=0, detector=detector, num_threads=1, device=device
    )
    return {name: value for name, value in given.items() if name in taken}


class Runs:
    """Runs of graphs on the same frames.

    Attributes:
        frames: (H, W, 3) uint8 RGB each.
        faces: how many are in them.
        gpu: where graphs run that need it.
    """

    def __init__(self, frames: list[np.ndarray], faces: int, gpu: GpuRecorder) -> None:
        self.frames, self.faces, self.gpu = frames, faces, gpu

    def one_by_one(self, name: str, device: str = "cpu") -> tuple[list[float], list[float], float, float]:
        """Milliseconds per frame of the wall clock, of the processor, and of the processor on this thread.

        On this thread, our own work is done, and that of a software adapter is not. The last number is the
        mean of faces.
        """
        graph = ValidatedGraph(face_mesh_graph_path(name))
        wall, processor, found = [], [], []
        with CalculatorGraph(validated_graph=graph, scheduler="caller") as running:
            running.set_service_object(GPU_SERVICE, self.gpu)
            running.observe_output_stream("landmarks", lambda packet: found.append(len(packet.value)))
            running.start_run(side_packets(graph, self.faces, device))
            for number, frame in enumerate(self.frames):
                if number == WARM_UP:
                    start_thread = time.thread_time()
                start, start_processor = time.perf_counter(), time.process_time()
                running.add_packet("image", frame, number * FRAME_US)
                running.wait_until_idle()
                wall.append(1e3 * (time.perf_counter() - start))
                processor.append(1e3 * (time.process_time() - start_processor))
            thread = 1e3 * (time.thread_time() - start_thread) / (len(self.frames) - WARM_UP)
        return wall[WARM_UP:], processor[WARM_UP:], thread, float(np.mean(found[WARM_UP:]))

    def in_flight(self, name: str) -> float:
        """Frames per second, where a frame is recorded while others are on their way."""
        graph = ValidatedGraph(face_mesh_graph_path(name))
        arrived: list[float] = []
        with CalculatorGraph(validated_graph=graph, scheduler="pool") as running:
            running.set_service_object(GPU_SERVICE, self.gpu)
            running.observe_output_stream("landmarks", lambda _: arrived.append(time.perf_counter()))
            running.start_run(side_packets(graph, self.faces, "cpu"))
            for number, frame in enumerate(self.frames):
                running.add_packet("image", frame, number * FRAME_US)
            running.close_all_packet_sources()
            running.wait_until_done()
        return (len(arrived) - 1 - WARM_UP) / (arrived[-1] - arrived[WARM_UP])

    def recorded(self, after: Callable[[], None]) -> list[float]:
        """Milliseconds in which each frame is recorded; `after` is called then, and submits it."""
        config = load_graph_config(face_mesh_graph_path("face_mesh_gpu"))
        del config.node[-2:]  # the nodes that submit and wait
        del config.output_stream[:]
        config.output_stream.extend(["landmarks_gpu", "faces"])
        graph = ValidatedGraph(config)
        times = []
        with CalculatorGraph(validated_graph=graph, scheduler="caller") as running:
            running.set_service_object(GPU_SERVICE, self.gpu)
            running.start_run(side_packets(graph, self.faces, "cpu"))
            for number, frame in enumerate(self.frames):
                start = time.perf_counter()
                running.add_packet("image", frame, number * FRAME_US)
                running.wait_until_idle()
                times.append(1e3 * (time.perf_counter() - start))
                after()
        return times[WARM_UP:]

    def recording(self) -> tuple[list[float], list[float]]:
        """Milliseconds per frame of recording, and of submitting."""
        submitting = []

        def submit() -> None:
            start = time.perf_counter()
            self.gpu.submit()
            submitting.append(1e3 * (time.perf_counter() - start))
            self.gpu.device.wait()

        return self.recorded(submit), submitting[WARM_UP:]

    def encoding(self) -> list[float]:
        """Milliseconds of encoding a frame's commands again."""
        commands: list[Callable[[Any], None]] = []

        def keeping(owner: type, name: str) -> Any:
            method = getattr(owner, name)

            def record(its: Any, compute_pass: Any, *rest: Any) -> None:
                method(its, compute_pass, *rest)
                commands.append(lambda other: method(its, other, *rest))

            return patch.object(owner, name, record)

        frame: list[Callable[[Any], None]] = []

        def submit() -> None:
            self.gpu.submit()
            self.gpu.device.wait()
            frame[:] = commands
            commands.clear()

        with keeping(BoundDispatch, "record"), keeping(ProgramRunner, "record_indirect"):
            self.recorded(submit)
        device, times = self.gpu.device, []
        for _ in range(ENCODINGS):
            start = time.perf_counter()
            encoder = device.create_encoder("frame")
            compute_pass = encoder.begin_compute_pass()
            for command in frame:
                command(compute_pass)
            compute_pass.end()
            encoder.finish()
            times.append(1e3 * (time.perf_counter() - start))
        return times

    def stages(self) -> dict[str, list[float]]:
        """Milliseconds per stage and frame, by the device's clock."""
        gpu, found = self.gpu, {}
        gpu.clock = StageClock(gpu.device)
        try:

            def submit() -> None:
                gpu.submit()
                for stage, duration in gpu.clock.read_ms().items():
                    found.setdefault(stage, []).append(duration)

            self.recorded(submit)
        finally:
            gpu.clock = None
        return {stage: times[WARM_UP:] or times for stage, times in found.items()}


def accelerator_refusal() -> str:
    """Why LiteRT's accelerator does not run here; empty if it does."""
    try:
        LitertGpuRunner(gpu_form(model_path("face_detection_short_range").read_bytes()))
    except AcceleratorError as error:
        return str(error)
    return ""


def whole_frames(runs: Runs, refusal: str) -> list[list[str]]:
    """A row for each graph on the frames of `runs`."""
    height, width = runs.frames[0].shape[:2]
    peers = [("on the CPU", "cpu")] if refusal else [("on the CPU", "cpu"), ("LiteRT's accelerator", "gpu")]
    own = runs.one_by_one("face_mesh_gpu")
    rows = [["face_mesh_gpu", *_cells(own), f"{runs.in_flight('face_mesh_gpu'):.1f}", ""]]
    for label, device in peers:
        peer = runs.one_by_one("face_mesh", device)
        ratio = np.median(own[0]) / np.median(peer[0])
        processor = np.median(own[1]) / np.median(peer[1])
        rows.append([f"face_mesh, {label}", *_cells(peer), "", f"{ratio:.2f}, {processor:.2f}"])
    return [[f"{width}x{height}", str(runs.faces), *row] for row in rows]


def _cells(run: tuple[list[float], list[float], float, float]) -> list[str]:
    return [f"{run[3]:.2f}", spread(run[0], 1), spread(run[1], 1), f"{run[2]:.1f}"]


def report(runs: list[Runs], gpu: GpuRecorder) -> str:
    refusal = accelerator_refusal()
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("wgpu", "ai-edge-litert"))
    text = [f"{machine_description()}; {versions}", f"{gpu.device.adapter}; {len(runs[0].frames)} frames."]
    if refusal:
        text.append(f"LiteRT's accelerator does not run beside it: {refusal}")
    head = ["frame", "faces", "graph", "found", "latency, ms", "processor, ms", "this thread, ms"]
    head += ["frames/s", "own / peer"]
    text.append(markdown_table(head, [row for each in runs for row in whole_frames(each, refusal)]))
    rows = []
    for each in runs:
        recording, submitting = each.recording()
        encoding = each.encoding()
        height, width = each.frames[0].shape[:2]
        rows.append([f"{width}x{height}", str(each.faces), *map(spread, (recording, submitting, encoding))])
    text.append("The thread that records, ms per frame:")
    text.append(markdown_table(["frame", "faces", "recording", "submitting", "encoding alone"], rows))
    text.extend(_stage_tables(runs, gpu))
    return "\n\n".join(text) + "\n"


def _stage_tables(runs: list[Runs], gpu: GpuRecorder) -> list[str]:
    if "timestamps" not in gpu.device.features:
        return ["The adapter has no timestamps, so that stages are not measured."]
    bandwidth, arithmetic = adapter_limits(gpu.device)
    found = [each.stages() for each in runs]
    names = sorted(found[0], key=lambda name: -statistics.median(found[0][name]))
    frames = [f"{each.frames[0].shape[1]}x{each.frames[0].shape[0]}, {each.faces}" for each in runs]
    rows = [[name, *(spread(stages.get(name, [0.0]), 3) for stages in found)] for name in names]
    demands = []
    for stage, name in NETWORKS.items():
        flops, size = network_demands(model_path(name, fused="attention" in name).read_bytes())
        took_ms = statistics.median(found[0].get(stage, [float("nan")]))
        least_ms = 1e3 * runs[0].faces * max(flops / arithmetic, size / bandwidth)
        cells = f"{flops / 1e6:.1f}", f"{size / 1e6:.2f}", f"{least_ms:.3f}", f"{took_ms / least_ms:.1f}"
        demands.append([name, *cells])
    return [
        "Stages by the device's clock, each in a pass of its own; frame and faces:",
        markdown_table(["stage, ms", *frames], rows),
        f"Measured limits: copies {bandwidth / 1e9:.1f} GB/s, arithmetic {arithmetic / 1e9:.1f} GFLOP/s. "
        "The least time of a network for all faces is that of its operations or of its weights and of each "
        "activation written and read once, whichever is longer. Beside the stage in the first column, "
        f"{frames[0]}:",
        markdown_table(["network", "MFLOP", "MB", "least, ms", "measured / least"], demands),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--adapter", default="auto", help="auto, any, an index or a part of a name")
    parser.add_argument("--sizes", nargs="+", default=["1280x720", "3840x2160"])
    parser.add_argument("--faces", nargs="+", type=int, default=[1, 4, 16], choices=sorted(GRIDS))
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    gpu = GpuRecorder(GpuDevice(given.adapter))
    sizes = [tuple(map(int, size.split("x"))) for size in given.sizes]
    runs = [
        Runs(list(synthetic_frames((width, height), faces, given.frames)), faces, gpu)
        for width, height in sizes
        for faces in given.faces
    ]
    text = report(runs, gpu)
    print(text)
    if given.output:
        given.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
