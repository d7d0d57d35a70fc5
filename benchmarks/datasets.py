"""Measures `attention-mesh dataset run` beside a loop on mediapipe with a pool of processes.

    make peer && .venv/bin/python benchmarks/datasets.py [--films 24] [--frames 90] [--repeats 3]
        [--output FILE.md] [--ray]

Both programs (the other is benchmarks/peer_dataset.py) measure the same folder of films of 1280×720 with one
and with two processes, in turns. Films per minute are of the whole program, with its start. Ours writes
landmarks, blend shapes, poses, gaze and blinks; mediapipe's writes landmarks.

With --ray, it measures instead what Ray adds to a film and to a worker: many short films, a task each, by one
process of the pool and by one worker of `--ray local`, in turns.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from importlib.metadata import version
from pathlib import Path

import psutil
from clips import synthetic_frames
from spread import spread

from attention_mesh.cli.machine import machine_description
from attention_mesh.datasets.options import DatasetOptions
from attention_mesh.datasets.plan import Task
from attention_mesh.datasets.run import open_pool
from attention_mesh.datasets.sources import find_sources
from attention_mesh.datasets.table_folder import TableFolder
from attention_mesh.datasets.task_pool import Limits
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


def measure_pool(films: Path, table: Path, ray_address: str | None) -> dict[str, float]:
    """One worker at many tasks: seconds to the first part, and per film after that; MB by kind of process."""
    TableFolder(table).prepare(DatasetOptions())
    tasks = [Task((source,)) for source in find_sources(str(films))]
    start, times = time.perf_counter(), []
    memory = {"measures": 0, "worker": 0, "Ray itself": 0}
    with open_pool(ray_address, table, DatasetOptions(), 1, Limits()) as pool:
        for _ in pool.work(tasks):
            times.append(time.perf_counter())
            if len(times) == len(tasks) // 2:
                for process in psutil.Process().children(recursive=True):
                    with contextlib.suppress(psutil.Error):
                        command = " ".join(process.cmdline())
                        is_worker = command.startswith("ray::MapWorker")
                        kind = (
                            "measures" if "spawn_main" in command else "worker" if is_worker else "Ray itself"
                        )
                        memory[kind] += process.memory_info().rss
    per_film = (times[-1] - times[0]) / (len(times) - 1)
    return {"start": times[0] - start, "per film": per_film} | {kind: n / 1e6 for kind, n in memory.items()}


def _kind(process: psutil.Process) -> str:
    command = " ".join(process.cmdline())
    if "spawn_main" in command:
        return "measures"
    return "worker" if command.startswith("ray::MapWorker") else "Ray itself"


def ray_report(arguments: argparse.Namespace) -> str:
    found: dict[str | None, list[dict[str, float]]] = {None: [], "local": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "films").mkdir()
        write_films(folder / "films", 1, 8)
        for number in range(1, arguments.films):
            shutil.copy(folder / "films/000.mp4", folder / f"films/{number:03d}.mp4")
        for turn in range(arguments.repeats):
            for address, results in found.items():
                print(f"{address or 'pool'}, turn {turn}", file=sys.stderr)
                results.append(measure_pool(folder / "films", folder / f"{address}{turn}", address))

    def of(address: str | None, what: str) -> list[float]:
        return [result[what] for result in found[address]]

    rows = [
        [
            "Ray" if address else "pool of processes",
            spread(of(address, "start")),
            spread([1000 * seconds for seconds in of(address, "per film")]),
            *(f"{max(of(address, kind)):.0f}" for kind in ("measures", "worker", "Ray itself")),
        ]
        for address in found
    ]
    added = [1000 * (r - p) for r, p in zip(of("local", "per film"), of(None, "per film"), strict=True)]
    head = [
        "",
        "to the first film, s",
        "per film, ms",
        "measuring process, MB",
        "worker, MB",
        "rest of Ray, MB",
    ]
    return (
        "## What Ray adds\n\n"
        f"Made by `python benchmarks/datasets.py --ray`. {machine_description()}; Ray {version('ray')}. "
        f"{arguments.films} films of 8 frames of 1280×720, each a task of its own; one worker. "
        f"Ray adds {spread(added)} ms to a task. Medians and quartiles of {arguments.repeats} pairs. "
        "MB: resident, half way; the rest of Ray are its servers, which each machine has once.\n\n"
        + markdown_table(head, rows)
        + "\n"
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
    parser.add_argument("--ray", action="store_true", help="measure what Ray adds; --output gets its section")
    arguments = parser.parse_args()
    text = ray_report(arguments) if arguments.ray else report(arguments)
    print(text)
    if arguments.output:
        section = re.compile(r"\n## What Ray adds\n.*", re.DOTALL)
        before = arguments.output.read_text(encoding="utf-8") if arguments.output.exists() else ""
        if arguments.ray:
            text = section.sub("", before) + "\n" + text
        elif found := section.search(before):
            text += found[0]
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
