"""Measures a tracked frame of the Android library on a JVM, beside the same frame in Python.

    .venv/bin/python benchmarks/android_frames.py [--frames 300]

There is one face at 1280×720; both sides find landmarks, blend shapes and the pose, on one thread. Python
runs before and after Java, so that a change of the machine shows. The JVM is no phone: the ratio says what
the Java code costs beside the same network, not how long a phone takes.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
from clips import synthetic_frames

from attention_mesh.cli.aar.java_build import ANDROID, compile_java, compile_library, java_tool
from attention_mesh.cli.aar.maven_cache import class_path
from attention_mesh.cli.machine import machine_description
from attention_mesh.models.evaluation.markdown import markdown_table
from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
from attention_mesh.python_bindings.landmarker.face_landmarker_options import (
    FaceLandmarkerOptions,
    RunningMode,
)
from attention_mesh.tests.android.java_fixtures import FixtureFolder

WARM_UP = 60  # frames that do not count: the JVM compiles, the face is found
STORED = 30  # frames in memory, used in turn
FRAME_MS = 33


def python_times(frames: list[np.ndarray], count: int) -> list[float]:
    """Microseconds of each frame."""
    options = FaceLandmarkerOptions(
        running_mode=RunningMode.VIDEO,
        num_threads=1,
        output_face_blendshapes=True,
        output_facial_transformation_matrixes=True,
    )
    times = []
    with FaceLandmarker(options) as landmarker:
        for index in range(count):
            frame = frames[index % len(frames)].copy()
            start = time.perf_counter()
            landmarker.detect_for_video(frame, FRAME_MS * index)
            times.append((time.perf_counter() - start) * 1e6)
    return times


def java_times(folder: Path, frames: list[np.ndarray], count: int) -> list[float]:
    """Microseconds of each frame."""
    fixtures = FixtureFolder(folder / "fixtures")
    fixtures.assets()
    for index, frame in enumerate(frames):
        fixtures.array(f"frames/{index}", frame)
    paths = class_path("test", "compile")
    classes = folder / "classes"
    classes.mkdir()
    compile_library(classes)
    support = ANDROID / "src" / "testsupport" / "java"
    compile_java(support.rglob("*.java"), classes, [classes, *paths], "11")
    height, width = frames[0].shape[:2]
    command = [
        *(java_tool("java"), f"-Dattentionmesh.fixtures={fixtures.folder}"),
        *("-cp", os.pathsep.join(map(str, [classes, *paths]))),
        *("org.attentionmesh.FrameTimes", str(len(frames)), str(width), str(height), str(count)),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"Java failed:\n{done.stderr[-2000:]}")
    line = next(line for line in done.stdout.splitlines() if line.startswith("microseconds: "))
    return [float(word) for word in line.split()[1:]]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--frames", type=int, default=300, help="frames that are measured")
    count = parser.parse_args().frames + WARM_UP
    frames = list(synthetic_frames((1280, 720), 1, STORED))
    frames += frames[-2:0:-1]  # there and back, so that the face never jumps
    with tempfile.TemporaryDirectory() as folder:
        runs = {"Python, before": python_times(frames, count)}
        runs["Java"] = java_times(Path(folder), frames, count)
        runs["Python, after"] = python_times(frames, count)
    rows, peer = [], statistics.median(runs["Python, before"][WARM_UP:] + runs["Python, after"][WARM_UP:])
    for name, times in runs.items():
        kept = times[WARM_UP:]
        middle = statistics.median(kept)
        low, high = np.percentile(kept, [10, 90])
        rows.append(
            [name, f"{middle / 1000:.2f}", f"{low / 1000:.2f} to {high / 1000:.2f}", f"{middle / peer:.2f}"]
        )
    print(machine_description())
    print(markdown_table(["side", "median, ms", "10 % to 90 %, ms", "ratio to Python"], rows))


if __name__ == "__main__":
    main()
