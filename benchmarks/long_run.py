"""Watches memory, open files and threads over a day's worth of frames, and over many landmarkers.

    python benchmarks/long_run.py [--frames 1000000] [--landmarkers 1000] [--log FILE] [--output FILE.md]

One process finds faces in generated frames: up to three faces of four sizes come, move and go, the pictures
change their size, and some are empty. Then it makes, uses and closes landmarkers of all three modes. Lines of
progress go to the log as they come, so that a run that was stopped says how far it came; `--from-log` makes
the report of such logs.

Exit code 1 if something grew. What a process needs at first (networks, caches, the allocator's pools) is no
growth: the first tenth is left out, and the rest may grow by `MOST_GROWTH_MIB`, and by no file and no thread.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import cv2
import numpy as np

from attention_mesh import FaceLandmarker, FaceLandmarkerOptions, RunningMode
from attention_mesh.cli.demo import astronaut_photo
from attention_mesh.cli.machine import machine_description
from attention_mesh.models.evaluation.markdown import markdown_table

MOST_GROWTH_MIB = 16.0
"""glibc's pools of memory move by up to ten MiB while pictures change their size; a leak of 64 bytes per
frame is 61 MiB after a million."""

SIZES = ((192, 192), (256, 144), (160, 208), (320, 180), (224, 224))
"""(width, height) px of the generated frames."""

FACE_PX = (40, 56, 80, 112)
"""Widths of the generated faces."""

FRAME_MS = 33
_SCENE_FRAMES = 90  # with one size and one set of faces
_LINES = 500  # of progress per part
_SHOWN = 12  # rows of a report's table


def scenes(rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Endless frames, (H, W, 3) uint8 RGB: scenes of 90 frames with none to three faces that move."""
    photo = astronaut_photo()[0:260, 90:350]  # the head, and what is round it
    tiles = [cv2.resize(photo, (2 * px, 2 * px), interpolation=cv2.INTER_AREA) for px in FACE_PX]
    while True:
        width, height = SIZES[rng.integers(len(SIZES))]
        ground = np.full((height, width, 3), rng.integers(40, 200, 3), np.uint8)
        faces = [_path(rng) for _ in range(rng.integers(0, 4))]
        for index in range(_SCENE_FRAMES):
            frame = ground.copy()
            for kind, start, step, (comes, goes) in faces:
                if comes <= index < goes:
                    _paste(frame, tiles[kind], start + step * index)
            yield frame


def _path(rng: np.random.Generator) -> tuple[int, np.ndarray, np.ndarray, tuple[int, int]]:
    """The size of a face, its first place and its step as parts of the frame, and when it is there."""
    comes = int(rng.integers(0, _SCENE_FRAMES - 20))
    kind = int(rng.integers(len(FACE_PX)))
    return (
        kind,
        rng.uniform(0.2, 0.8, 2),
        rng.normal(0, 0.003, 2),
        (comes, int(rng.integers(comes + 20, _SCENE_FRAMES + 1))),
    )


def _paste(frame: np.ndarray, tile: np.ndarray, center: np.ndarray) -> None:
    """Puts a tile around a place, given as parts of the frame; what lies outside is cut off."""
    height, width = frame.shape[:2]
    side = len(tile)
    left, top = int(center[0] * width) - side // 2, int(center[1] * height) - side // 2
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + side, width), min(top + side, height)
    if x0 < x1 and y0 < y1:
        frame[y0:y1, x0:x1] = tile[y0 - top : y1 - top, x0 - left : x1 - left]


def usage(part: str, count: int, faces: int, started: float) -> dict[str, object]:
    """A line of the log: what the process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {
        "part": part,
        "count": count,
        "faces": faces,
        "seconds": round(time.monotonic() - started, 1),
        "rss_mib": round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1),
        "files": len(os.listdir("/proc/self/fd")) - 1,  # without the one that lists them
        "threads": len(os.listdir("/proc/self/task")),
        "objects": len(gc.get_objects()),
    }


def run_frames(count: int, log: TextIO) -> None:
    """Sends frames through one landmarker."""
    options = FaceLandmarkerOptions(
        running_mode=RunningMode.VIDEO,
        num_faces=3,
        detector="short",
        num_threads=1,
        output_facial_transformation_matrixes=True,
        output_blinks=True,
    )
    started, faces = time.monotonic(), 0
    frames = scenes(np.random.default_rng(0))
    with FaceLandmarker(options) as landmarker:
        for index in range(1, count + 1):
            faces += len(landmarker.detect_for_video(next(frames), index * FRAME_MS).landmarks_px)
            if index % max(count // _LINES, 1) == 0 or index == 1:
                _say(log, usage("frames", index, faces, started))


def run_landmarkers(count: int, log: TextIO) -> None:
    """Makes, uses and closes landmarkers of the three modes in turn."""
    started, faces = time.monotonic(), 0
    photo = np.ascontiguousarray(astronaut_photo()[0:260, 90:350])
    for index in range(1, count + 1):
        faces += _use_landmarker(list(RunningMode)[index % 3], photo)
        if index % max(count // _LINES, 1) == 0 or index == 1:
            gc.collect()
            _say(log, usage("landmarkers", index, faces, started))


def _use_landmarker(mode: RunningMode, photo: np.ndarray) -> int:
    """How many faces one landmarker finds in one picture."""
    found, arrived = [0], threading.Event()

    def take(result: object, image: object, timestamp_ms: int) -> None:
        found[0] = len(result.landmarks_px)  # type: ignore[attr-defined]
        arrived.set()

    callback = take if mode is RunningMode.LIVE_STREAM else None
    options = FaceLandmarkerOptions(
        running_mode=mode, detector="short", num_threads=1, result_callback=callback
    )
    with FaceLandmarker(options) as landmarker:
        if mode is RunningMode.IMAGE:
            return len(landmarker.detect(photo).landmarks_px)
        if mode is RunningMode.VIDEO:
            return len(landmarker.detect_for_video(photo, 0).landmarks_px)
        landmarker.detect_async(photo, 0)
        if not arrived.wait(60):
            raise SystemExit("a live landmarker gave no result within a minute")
    return found[0]


def _say(log: TextIO, line: dict[str, object]) -> None:
    print(json.dumps(line), file=log, flush=True)


def growth(lines: list[dict[str, float]]) -> dict[str, float]:
    """How much a part grew after its first tenth: the median of the last fifth less that of the second tenth.

    Args:
      lines: of one part, in order.

    Returns:
      What grew by how much: `rss_mib`, `files`, `threads`.
    """
    rest = lines[len(lines) // 10 :]
    early, late = rest[: max(len(lines) // 10, 1)], rest[-max(len(lines) // 5, 1) :]
    return {
        name: float(np.median([line[name] for line in late]) - np.median([line[name] for line in early]))
        for name in ("rss_mib", "files", "threads")
    }


def report(lines: list[dict[str, object]], asked: dict[str, int]) -> tuple[str, bool]:
    """The report as Markdown, and whether nothing grew.

    Args:
      lines: of the log.
      asked: how many frames and landmarkers there were to be.
    """
    text = f"# Long runs\n\nMade by `python benchmarks/long_run.py`. {machine_description()}.\n"
    flat = True
    for part, title in (("frames", "One landmarker, many frames"), ("landmarkers", "Many landmarkers")):
        own = [line for line in lines if line["part"] == part]
        if not own:
            continue
        grown = growth(own)  # type: ignore[arg-type]
        flat &= grown["rss_mib"] <= MOST_GROWTH_MIB and grown["files"] <= 0 and grown["threads"] <= 0
        last = int(str(own[-1]["count"]))
        reached = (
            f"{last:,} {part}" if last >= asked[part] else f"Stopped after {last:,} of {asked[part]:,} {part}"
        )
        picked = own[:: max(len(own) // _SHOWN, 1)]
        if picked[-1] is not own[-1]:
            picked.append(own[-1])
        names = ("count", "faces", "seconds", "rss_mib", "files", "threads", "objects")
        heads = [part, "faces found", "seconds", "memory (MiB)", "files", "threads", "Python objects"]
        rows = [[str(line[name]) for name in names] for line in picked]
        text += (
            f"\n## {title}\n\n{reached}. After the first tenth, memory grew by {grown['rss_mib']:+.1f} MiB, "
            f"open files by {grown['files']:+.0f}, threads by {grown['threads']:+.0f}.\n\n"
            f"{markdown_table(heads, rows)}\n"
        )
    return text, flat


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--frames", type=int, default=1_000_000)
    parser.add_argument("--landmarkers", type=int, default=1_000)
    parser.add_argument("--log", type=Path, help="file for the lines of progress; by default stderr")
    parser.add_argument("--from-log", type=Path, nargs="+", help="report what these logs hold; run nothing")
    parser.add_argument("--output", type=Path, help="also write the report to this file")
    arguments = parser.parse_args()
    if not Path("/proc/self/statm").exists():
        parser.error("this needs Linux, whose /proc says what a process holds")
    logs = arguments.from_log
    if logs is None:
        logs = [arguments.log or Path("long_run.log")]
        with logs[0].open("w", encoding="utf-8") as log:
            run_frames(arguments.frames, log)
            run_landmarkers(arguments.landmarkers, log)
    lines = [json.loads(line) for file in logs for line in file.read_text("utf-8").splitlines()]
    text, flat = report(lines, {"frames": arguments.frames, "landmarkers": arguments.landmarkers})
    print(text)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")
    return 0 if flat else 1


if __name__ == "__main__":
    sys.exit(main())
