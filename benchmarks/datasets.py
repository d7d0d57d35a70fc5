"""Measures `attention-mesh dataset run` beside a loop on mediapipe with a pool of processes.

    make peer && .venv/bin/python benchmarks/datasets.py [--films 24] [--frames 90] [--repeats 3]
        [--output FILE.md]

Both programs (the other is benchmarks/peer_dataset.py) measure the same folder of films of 1280×720 with one
and with two processes, in turns. Films per minute are of the whole program, with its start. Ours writes
landmarks, blend shapes, poses, gaze and blinks; mediapipe's writes landmarks.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
from clips import synthetic_frames
from spread import spread

from attention_mesh.cli.machine import machine_description
from attention_mesh.media.video_writer import VideoWriter
from attention_mesh.models.evaluation.markdown import markdown_table

ROOT = Path(__file__).resolve().parent.parent
PEER_PYTHON = ROOT / ".venv-mediapipe" / "bin" / "python"
PEER_PROGRAM = Path(__file__).resolve().parent / "peer_dataset.py"
SIZE, FPS = (1280, 720), 30.0
# As users have it: Python keeps what it has compiled.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def write_films(folder: Path, films: int, frames: int) -> None:
    pictures = list(synthetic_frames(SIZE, 1, frames + films))
    for number in range(films):
        writer = VideoWriter(folder / f"{number:03d}.mp4", FPS, SIZE)
        for picture in pictures[number : number + frames]:
            writer.write(picture)
        writer.close()


def run(command: list[str]) -> tuple[float, float]:
    """Seconds of a program, and the most MB that one of its processes takes."""
    start, most = time.perf_counter(), 0
    process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    done = threading.Event()

    def watch() -> None:
        nonlocal most
        while not done.wait(0.2):
            try:
                for child in psutil.Process(process.pid).children(recursive=True):
                    most = max(most, child.memory_info().rss)
            except psutil.Error:
                continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    _, errors = process.communicate()
    seconds = time.perf_counter() - start
    done.set()
    watcher.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}:\n{errors.decode()}")
    return seconds, most / 1e6


def report(arguments: argparse.Namespace) -> str:
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "films").mkdir()
        write_films(folder / "films", arguments.films, arguments.frames)
        for jobs in (1, 2):
            ours, theirs, memory = [], [], []
            for turn in range(arguments.repeats + 1):
                print(f"{jobs} jobs, turn {turn}", file=sys.stderr)
                table = folder / f"table-{jobs}-{turn}"
                peer = run(
                    [str(arguments.peer_python), str(PEER_PROGRAM), str(folder / "films"), name, str(jobs)]
                )
                own = run(
                    [sys.executable, "-m", "attention_mesh", "dataset", "run", str(folder / "films")]
                    + ["--output", str(table), "--jobs", str(jobs)]
                )
                if turn:  # in the first, Python compiles modules, and the files come into memory
                    theirs.append(peer[0])
                    ours.append(own[0])
                    memory.append((peer[1], own[1]))
            rows.append(
                [
                    str(jobs),
                    spread([60 * arguments.films / seconds for seconds in theirs]),
                    spread([60 * arguments.films / seconds for seconds in ours]),
                    spread([peer / own for peer, own in zip(theirs, ours, strict=True)]),
                    f"{max(peer for peer, _ in memory):.0f}",
                    f"{max(own for _, own in memory):.0f}",
                ]
            )
    head = ["jobs", "mediapipe, films/min", "ours, films/min", "times faster", "mediapipe, MB", "ours, MB"]
    return (
        "# A folder of films to one table\n\n"
        f"Made by `python benchmarks/datasets.py`. {machine_description()}. "
        f"{arguments.films} films of {arguments.frames} frames of 1280×720, H.264. "
        f"Medians and quartiles of {arguments.repeats} pairs of whole programs. "
        "mediapipe: benchmarks/peer_dataset.py, which writes landmarks. Ours: `attention-mesh "
        "dataset run`, which also writes blend shapes, poses, gaze and blinks. MB: the largest of the "
        "processes.\n\n" + markdown_table(head, rows) + "\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--films", type=int, default=24)
    parser.add_argument("--frames", type=int, default=90)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--peer-python", type=Path, default=PEER_PYTHON, help="Python with mediapipe 0.10.21")
    parser.add_argument("--output", type=Path, help="also write the report to this file")
    arguments = parser.parse_args()
    text = report(arguments)
    print(text)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
