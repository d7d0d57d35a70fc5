"""Measures the parts of a tracked frame: each node of the face mesh graph, and the engine around them.

    .venv/bin/python benchmarks/frame_parts.py [--frames 400] [--output FILE.md]

There is one face at 1280×720, on one thread. Every frame is copied just before it is added, as if a decoder
had written it. Between frames, a second interpreter runs the same network as the bare inference.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from clips import synthetic_frames

from attention_mesh.cli.machine import machine_description
from attention_mesh.framework import CalculatorGraph, load_graph_config
from attention_mesh.models.evaluation.markdown import markdown_table
from attention_mesh.models.weights import landmark_model
from attention_mesh.python_bindings.landmarker.face_mesh_graph import (
    face_mesh_graph_path,
    face_mesh_side_packets,
)

# Frames that do not count, in which the face is found and the runtimes settle.
WARM_UP = 20
# Frames in memory, used in turn.
STORED = 60
FRAME_US = 33333


def microseconds(call: Callable[..., Any], *arguments: Any) -> float:
    start = time.perf_counter()
    call(*arguments)
    return (time.perf_counter() - start) * 1e6


def measure(frames: list[np.ndarray], count: int) -> tuple[dict[str, float], float, float]:
    """Medians in µs of each node that runs in every frame, by name, of the frame, and of the network."""
    network = Interpreter(str(landmark_model()), num_threads=1)
    network.allocate_tensors()
    side_packets = face_mesh_side_packets(detector="short", smooth_landmarks=False, num_threads=1)
    whole, bare = [], []

    def show(index: int) -> None:
        graph.add_packet("image", image, index * FRAME_US)
        graph.wait_until_idle()

    with CalculatorGraph(
        load_graph_config(face_mesh_graph_path("face_mesh")), scheduler="caller", trace=True
    ) as graph:
        graph.observe_output_stream("landmarks", lambda packet: None)
        graph.start_run(side_packets)
        for index in range(WARM_UP + count):
            image = frames[index % len(frames)].copy()
            whole.append(microseconds(show, index))
            bare.append(microseconds(network.invoke))
        nodes = node_times(graph, count)
    return nodes, statistics.median(whole[WARM_UP:]), statistics.median(bare[WARM_UP:])


def node_times(graph: CalculatorGraph, count: int) -> dict[str, float]:
    """Median µs per frame of each node that ran in the last `count` frames, in the order of the runs."""
    with tempfile.TemporaryDirectory() as folder:
        graph.write_trace(Path(folder) / "trace.json")
        events = json.loads((Path(folder) / "trace.json").read_text())["traceEvents"]
    times: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for event in events:
        timestamp = event["args"].get("timestamp_us", -1)
        if timestamp >= WARM_UP * FRAME_US:
            times[event["name"].split("__")[-1]][timestamp] += event["dur"]
    return {name: statistics.median(a.values()) for name, a in times.items() if len(a) == count}


def report(count: int) -> str:
    cv2.setNumThreads(1)
    nodes, whole, bare = measure(list(synthetic_frames((1280, 720), 1, STORED)), count)
    parts = {**nodes, "the engine, observing and tracing": whole - sum(nodes.values())}
    rows = [[name, f"{time_us:.0f}", f"{time_us / whole:.1%}"] for name, time_us in parts.items()]
    rows.append(["whole frame", f"{whole:.0f}", "100.0%"])
    rows.append(["the network alone", f"{bare:.0f}", f"{bare / whole:.1%}"])
    return "\n\n".join(
        [
            "# The parts of a frame",
            f"Made by `python benchmarks/frame_parts.py`. {machine_description()}. One thread, one tracked "
            f"face, 1280×720; microseconds, medians of {count} frames. The network alone is its invoke "
            "between two frames, without the copies in and out.",
            markdown_table(["part", "µs", "of the frame"], rows),
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--frames", type=int, default=400, help="frames that count")
    parser.add_argument("--output", type=Path, help="also write the report to this file")
    arguments = parser.parse_args()
    text = report(arguments.frames) + "\n"
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
