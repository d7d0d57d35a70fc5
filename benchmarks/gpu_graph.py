"""Measures the face mesh graph on a GPU beside the one on the CPU, with the same frames in the same run.

    .venv/bin/python benchmarks/gpu_graph.py [--adapter any] [--size 1280x720] [--faces 1] [--frames 60]
        [--output FILE.md]

"Recording" is the processor time of the thread that records a frame: the graph, the upload and all commands.
"Submitting" is that of handing them over. The times of whole frames contain the device; a software adapter's
work is that of the processor.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from clips import GRIDS, synthetic_frames
from spread import spread

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.cli.machine import machine_description
from attention_mesh.framework import CalculatorGraph, ValidatedGraph, load_graph_config
from attention_mesh.models.evaluation.markdown import markdown_table
from attention_mesh.python_bindings.landmarker.face_mesh_graph import (
    face_mesh_graph_path,
    face_mesh_side_packets,
)
from attention_mesh.webgpu.device import GpuDevice
from attention_mesh.webgpu.gpu_recorder import GpuRecorder

FRAME_US = 33_333
WARM_UP = 5


def side_packets(graph: ValidatedGraph, faces: int) -> dict[str, Any]:
    taken = {entry.name for entry in graph.side_inputs}
    given = face_mesh_side_packets(num_faces=faces, spare_candidates=0, detector="short", num_threads=1)
    return {name: value for name, value in given.items() if name in taken}


def whole_frames(
    name: str, frames: list[np.ndarray], faces: int, gpu: GpuRecorder
) -> tuple[list[float], list[float], float]:
    """Milliseconds per frame of the wall clock and of the processor, and the mean number of faces."""
    graph = ValidatedGraph(face_mesh_graph_path(name))
    wall, processor, found = [], [], []
    with CalculatorGraph(validated_graph=graph, scheduler="caller") as running:
        running.set_service_object(GPU_SERVICE, gpu)
        running.observe_output_stream("landmarks", lambda packet: found.append(len(packet.value)))
        running.start_run(side_packets(graph, faces))
        for number, frame in enumerate(frames):
            start, start_processor = time.perf_counter(), time.process_time()
            running.add_packet("image", frame, number * FRAME_US)
            running.wait_until_idle()
            wall.append(1e3 * (time.perf_counter() - start))
            processor.append(1e3 * (time.process_time() - start_processor))
    return wall[WARM_UP:], processor[WARM_UP:], float(np.mean(found[WARM_UP:]))


def recording(frames: list[np.ndarray], faces: int, gpu: GpuRecorder) -> tuple[list[float], list[float]]:
    """Milliseconds of the recording thread's processor time: for recording, and for submitting."""
    config = load_graph_config(face_mesh_graph_path("face_mesh_gpu"))
    del config.node[-1]  # the node that downloads and waits
    del config.output_stream[:]
    config.output_stream.extend(["landmarks_gpu", "faces"])
    graph = ValidatedGraph(config)
    times = []
    with CalculatorGraph(validated_graph=graph, scheduler="caller") as running:
        running.set_service_object(GPU_SERVICE, gpu)
        running.start_run(side_packets(graph, faces))
        for number, frame in enumerate(frames):
            start = time.thread_time()
            running.add_packet("image", frame, number * FRAME_US)
            running.wait_until_idle()
            recorded = time.thread_time()
            gpu.submit()
            times.append((1e3 * (recorded - start), 1e3 * (time.thread_time() - recorded)))
            gpu.device.wait()
    return [each[0] for each in times[WARM_UP:]], [each[1] for each in times[WARM_UP:]]


def report(frames: list[np.ndarray], faces: int, gpu: GpuRecorder) -> str:
    before = replace(gpu.device.counters)
    runs = {"face_mesh_gpu": whole_frames("face_mesh_gpu", frames, faces, gpu)}
    done = gpu.device.counters.since(before)
    runs["face_mesh"] = whole_frames("face_mesh", frames, faces, gpu)
    recorded, submitted = recording(frames, faces, gpu)
    rows = [[f"{name}.pbtxt", *map(spread, run[:2]), f"{run[2]:.2f}"] for name, run in runs.items()]
    ratios = [
        np.median(on_gpu) / np.median(on_cpu)
        for on_gpu, on_cpu in zip(*(run[:2] for run in runs.values()), strict=True)
    ]
    rows.append(["ratio of the medians", *(f"{ratio:.2f}" for ratio in ratios), ""])
    height, width = frames[0].shape[:2]
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("wgpu", "ai-edge-litert"))
    return (
        f"{machine_description()}; {versions}\n\n"
        f"{gpu.device.adapter}; {width}x{height}, {len(frames)} frames, {done.submissions} submissions, "
        f"{done.uploads} uploads, {done.reads} reads\n\n"
        + markdown_table(["ms per frame, median (quartiles)", "wall clock", "processor", "faces"], rows)
        + "\n\nProcessor time of the thread that records, in ms per frame: "
        f"recording {spread(recorded)}, submitting {spread(submitted)}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--adapter", default="auto", help="auto, any, an index or a part of a name")
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--faces", type=int, default=1, choices=sorted(GRIDS))
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    width, height = map(int, given.size.split("x"))
    frames = list(synthetic_frames((width, height), given.faces, given.frames))
    text = report(frames, given.faces, GpuRecorder(GpuDevice(given.adapter)))
    print(text)
    if given.output:
        given.output.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
