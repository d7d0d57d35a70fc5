"""Measures reading and writing a film, beside OpenCV's reader and its MPEG-4 Part 2 writer.

    .venv/bin/python benchmarks/films.py [--frames 150] [--repeats 7] [--film FILE] [--output FILE.md]

The film is 1280×720 in H.264, of a face that a virtual camera films, or FILE. Readers and writers take turns.
Pictures are RGB on both sides, so OpenCV's colors are exchanged. Times are per frame: "wall" on the clock,
"CPU" of all threads.
The least CPU time is the one that other programs on the machine disturb least.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from clips import synthetic_frames
from spread import spread

from attention_mesh.cli.machine import machine_description
from attention_mesh.media.video_reader import VideoReader
from attention_mesh.media.video_writer import VideoWriter
from attention_mesh.models.evaluation.markdown import markdown_table

FPS = 30.0
LENGTHS = 5  # how often the film that is read repeats the frames that are written


def read_with_opencv(film: Path) -> int:
    capture, count = cv2.VideoCapture(str(film)), 0
    while (frame := capture.read()[1]) is not None:
        cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
        count += 1
    capture.release()
    return count


def read_with_us(film: Path) -> int:
    reader = VideoReader(film)
    count = sum(1 for _ in reader)
    reader.close()
    return count


def write_with_opencv(path: Path, frames: list[np.ndarray]) -> int:
    size = (frames[0].shape[1], frames[0].shape[0])
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), FPS, size)
    for frame in frames:
        writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    writer.release()
    return len(frames)


def write_with_us(path: Path, frames: list[np.ndarray], codec: str | None = None) -> int:
    writer = VideoWriter(path, FPS, (frames[0].shape[1], frames[0].shape[0]), codec)
    for frame in frames:
        writer.write(frame)
    writer.close()
    return len(frames)


def measured(action: Callable[[], int]) -> tuple[float, float]:
    """(wall, CPU) ms per frame."""
    wall, cpu = time.perf_counter(), os.times()
    count = action()
    after = os.times()
    spent = after.user + after.system - cpu.user - cpu.system
    return 1e3 * (time.perf_counter() - wall) / count, 1e3 * spent / count


def psnr_db(film: Path, frames: list[np.ndarray]) -> float:
    errors = [
        np.mean((image.astype(np.float32) - frame) ** 2)
        for (image, _), frame in zip(VideoReader(film), frames, strict=True)
    ]
    return float(10 * np.log10(255**2 / np.mean(errors)))


def take_turns(actions: dict[str, Callable[[], int]], repeats: int) -> dict[str, list[tuple[float, float]]]:
    times = defaultdict(list)
    for _ in range(repeats):
        for name, action in actions.items():
            times[name].append(measured(action))
    return times


def rows(times: dict[str, list[tuple[float, float]]], peer: str) -> list[list[str]]:
    """Name, wall, CPU, least CPU; ratios to the peer: medians of neighboring runs, and of the least."""
    table = []
    for name, entries in times.items():
        ratios = [
            np.median([ours[i] / other[i] for ours, other in zip(entries, times[peer], strict=True)])
            for i in (0, 1)
        ]
        wall, cpu = ([entry[i] for entry in entries] for i in (0, 1))
        least = min(cpu) / min(entry[1] for entry in times[peer])
        ratio_texts = [f"{ratio:.2f}" for ratio in (*ratios, least)]
        table.append([name, spread(wall), spread(cpu), f"{min(cpu):.2f}", *ratio_texts])
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=150)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--film", type=Path)
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        frames = list(synthetic_frames((1280, 720), 1, arguments.frames))
        film = arguments.film or Path(folder, "film.mp4")
        if arguments.film is None:
            write_with_us(film, frames * LENGTHS)  # long enough that opening it does not count
        reading = take_turns(
            {"OpenCV": lambda: read_with_opencv(film), "ours": lambda: read_with_us(film)}, arguments.repeats
        )
        opencv, h264 = Path(folder, "opencv.mp4"), Path(folder, "h264.mp4")
        writing = take_turns(
            {
                "OpenCV, mp4v": lambda: write_with_opencv(opencv, frames),
                "ours, h264 (.mp4)": lambda: write_with_us(h264, frames),
                "ours, mpeg4 (.mp4)": lambda: write_with_us(Path(folder, "m.mp4"), frames, "mpeg4"),
                "ours, vp9 (.webm)": lambda: write_with_us(Path(folder, "v.webm"), frames),
            },
            arguments.repeats,
        )
        names = ("opencv.mp4", "h264.mp4", "m.mp4", "v.webm")
        written = rows(writing, "OpenCV, mp4v")
        for row, name in zip(written, names, strict=True):
            path = Path(folder, name)
            row += [f"{path.stat().st_size / 1024:.0f}", f"{psnr_db(path, frames):.1f}"]
    columns = ["", "wall, ms", "CPU, ms", "least CPU, ms", "wall ratio", "CPU ratio", "least CPU ratio"]
    report = "\n\n".join(
        [
            "# Films",
            f"{machine_description()}; {len(frames)} frames, {arguments.repeats} repeats. Medians with "
            "quartiles; ratios are to OpenCV in the neighboring run.",
            "## Reading to RGB",
            markdown_table(columns, rows(reading, "OpenCV")),
            "## Writing from RGB",
            markdown_table([*columns, "KiB", "PSNR, dB"], written),
        ]
    )
    print(report)
    if arguments.output is not None:
        arguments.output.write_text(report + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
