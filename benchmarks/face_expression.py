"""Measures what head poses, blend shapes, gaze and blinks add to a frame and to a row of a table.

    python benchmarks/face_expression.py [--frames 600] [--output FILE.md]

Landmarkers with different options take turns at each frame of a photo that moves, on one thread of the
networks. The times are those of the processor, which other programs disturb less than the clock's.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from spread import spread

from attention_mesh import FaceLandmarker, FaceLandmarkerOptions, FaceLandmarkerResult, RunningMode
from attention_mesh.cli.demo import astronaut_photo
from attention_mesh.cli.machine import machine_description
from attention_mesh.cli.outputs.face_columns import FACE_COLUMNS, FaceColumns
from attention_mesh.cli.outputs.frame_record import FrameRecord
from attention_mesh.cli.outputs.open_sink import open_sink
from attention_mesh.media.virtual_camera_source import VirtualCameraSource
from attention_mesh.models.evaluation.markdown import markdown_table

POSES, SHAPES = "output_facial_transformation_matrixes", "output_face_blendshapes"
CASES = {
    "nothing": (),
    "poses": (POSES,),
    "blend shapes": (SHAPES,),
    "gaze": ("output_gaze",),
    "eye aspect ratios and blinks": ("output_blinks",),
    "all of them": (POSES, SHAPES, "output_gaze", "output_blinks"),
}
WARM_UP = 50
SUFFIXES = (".csv", ".jsonl", ".parquet")
ROWS, ROUNDS = 400, 7


def frame_times(frames: int) -> tuple[list[list[str]], list[FaceLandmarkerResult]]:
    """The rows of the first table, and the results with everything."""
    camera = VirtualCameraSource(astronaut_photo(), duration_s=(frames + WARM_UP) / 30, focus=(0.43, 0.25))
    landmarkers = {
        name: FaceLandmarker(
            FaceLandmarkerOptions(
                running_mode=RunningMode.VIDEO, num_threads=1, **dict.fromkeys(options, True)
            )
        )
        for name, options in CASES.items()
    }
    times: dict[str, list[float]] = {name: [] for name in CASES}
    results = []
    for index, frame in enumerate(camera):
        for name, landmarker in landmarkers.items():
            start = time.process_time()
            result = landmarker.detect_for_video(frame.image, index * 33)
            if index >= WARM_UP:
                times[name].append(1e3 * (time.process_time() - start))
        results.append(result)
    for landmarker in landmarkers.values():
        landmarker.close()
    base = np.array(times["nothing"])
    rows = [
        [name, spread(values), "–" if name == "nothing" else spread((np.array(values) - base).tolist())]
        for name, values in times.items()
    ]
    return rows, [result for result in results if len(result) == 1]


def row_times(results: list[FaceLandmarkerResult]) -> list[list[str]]:
    """The rows of the second table: µs per row of each format, without and with all columns."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for suffix in SUFFIXES:
            cells = [suffix]
            for groups in ((), tuple(FACE_COLUMNS.values())):
                path = f"{folder}/{len(groups)}{suffix}"
                times = [written_in(path, groups, results) for _ in range(ROUNDS)]
                cells.append(f"{1e6 * statistics.median(times) / ROWS:.0f}")
            rows.append(cells)
    return rows


def written_in(path: str, groups: Sequence[FaceColumns], results: list[FaceLandmarkerResult]) -> float:
    """The processor time of writing ROWS rows, in seconds."""
    sink = open_sink(path, 30.0, groups=groups)
    start = time.process_time()
    for index in range(ROWS):
        sink.write(FrameRecord(index, "frame", index * 33_333, None, results[index % len(results)]))
    sink.close()
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--frames", type=int, default=600)
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    rows, results = frame_times(arguments.frames)
    text = "\n".join(
        [
            "# Poses, blend shapes, gaze and blinks\n",
            f"Made by `python benchmarks/face_expression.py`. {machine_description()}.\n",
            "Milliseconds of processor time per 720p frame with one face, medians with quartiles.\n",
            markdown_table(["asked for", "ms per frame", "more than nothing"], rows),
            "\n## Rows of tables\n",
            f"Microseconds of processor time per row, medians of {ROUNDS} tables of {ROWS} rows.\n",
            markdown_table(["format", "landmarks", "with all columns"], row_times(results)),
            "",
        ]
    )
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
