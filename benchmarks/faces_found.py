"""Counts the faces that each detector's search finds in films, and measures a frame's time.

    python benchmarks/faces_found.py FILM … [--faces 1 2 4] [--frames 400] [--output FILE.md]

Times are processor time on one thread: the mean of all frames of a film.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from attention_mesh import FaceLandmarker, FaceLandmarkerOptions, RunningMode
from attention_mesh.cli.machine import machine_description
from attention_mesh.models.evaluation.markdown import markdown_table

DETECTORS = ("auto", "short", "full")
FRAME_MS = 33


def frames(film: Path, most: int) -> Iterator[np.ndarray]:
    """Yields (H, W, 3) uint8 RGB."""
    capture = cv2.VideoCapture(str(film))
    for _ in range(most):
        found, frame = capture.read()
        if not found:
            return
        yield cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)


def measure(film: Path, asked: list[int], most: int) -> list[list[str]]:
    """A row per number of faces: film, frames, faces asked, and a cell per detector."""
    landmarkers = {
        (count, name): FaceLandmarker(
            FaceLandmarkerOptions(
                running_mode=RunningMode.VIDEO, num_faces=count, detector=name, num_threads=1
            )
        )
        for count in asked
        for name in DETECTORS
    }
    found: dict[tuple[int, str], list[int]] = {key: [] for key in landmarkers}
    milliseconds: dict[tuple[int, str], list[float]] = {key: [] for key in landmarkers}
    for index, frame in enumerate(frames(film, most)):
        for key, landmarker in landmarkers.items():
            start = time.process_time()
            found[key].append(len(landmarker.detect_for_video(frame, index * FRAME_MS)))
            milliseconds[key].append(1e3 * (time.process_time() - start))
    rows = []
    for count in asked:
        row = [film.stem, str(len(found[count, DETECTORS[0]])), str(count)]
        for name in DETECTORS:
            faces = np.array(found[count, name])
            time_ms = np.mean(milliseconds[count, name])
            row.append(f"{(faces >= 1).sum()} / {(faces >= count).sum()} / {faces.sum()}, {time_ms:.1f} ms")
        rows.append(row)
    return rows


def report(films: list[Path], asked: list[int], most: int) -> str:
    cv2.setNumThreads(1)
    rows = [row for film in films for row in measure(film, asked, most)]
    head = ["film", "frames", "asked", *DETECTORS]
    return "\n\n".join(
        [
            "# Faces found in films",
            f"Made by `python benchmarks/faces_found.py`. {machine_description()}, one of them used. Each "
            "cell: frames with a face / frames with as many as asked / faces in all frames, and the mean "
            "time of a frame.",
            markdown_table(head, rows),
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("films", type=Path, nargs="+")
    parser.add_argument("--faces", type=int, nargs="+", default=[1, 2, 4], help="numbers of faces to ask for")
    parser.add_argument("--frames", type=int, default=400, help="the most frames of a film")
    parser.add_argument("--output", type=Path, help="also write the report to this file")
    arguments = parser.parse_args()
    text = report(arguments.films, arguments.faces, arguments.frames) + "\n"
    print(text)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
