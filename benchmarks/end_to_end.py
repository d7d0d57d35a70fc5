"""Measures whole programs as a user times them: `attention-mesh run` beside a plain program on mediapipe.

    make peer && .venv/bin/python benchmarks/end_to_end.py [--frames 300] [--repeats 5] [--film FILE]
        [--photos FOLDER] [--output FILE.md]

The other program is benchmarks/peer_program.py, with OpenCV. Both run as new processes, one after the other,
in pairs; a ratio is that of a pair. The first pair of a task does not count: Python compiles modules then,
and the files come into memory. The film is 1280×720 in H.264, of a face that a virtual camera films, or FILE;
the photos are JPEG pictures of the same, or those of FOLDER. `--only CSV` measures the tasks whose name
contains CSV, `--only photo` those of photos. Other programs that run meanwhile change the times of both, but
not by the same factor: run it on an idle machine, and look at the CPU seconds.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from clips import synthetic_frames
from spread import spread

from attention_mesh.cli.machine import machine_description
from attention_mesh.media.image_file import write_image
from attention_mesh.media.video_writer import VideoWriter
from attention_mesh.models.evaluation.markdown import markdown_table

ROOT = Path(__file__).resolve().parent.parent
PEER_PYTHON = ROOT / ".venv-mediapipe" / "bin" / "python"
PEER_PROGRAM = Path(__file__).resolve().parent / "peer_program.py"
FPS = 30.0
SIZE = (1280, 720)
# As users have it: Python keeps what it has compiled.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
HEAD = ["task", "mediapipe, s", "ours, s", "times faster", "mediapipe, CPU s", "ours, CPU s"]


class Task(NamedTuple):
    """What both programs do: the peer's name of it, its input, and the two files that they write."""

    label: str
    peer: str
    source: Path
    peer_output: str
    output: str


def tasks(film: Path, photos: Path) -> list[Task]:
    tables = [
        Task(f"film → {suffix[1:].upper()}", "table", film, "peer.csv", f"ours{suffix}")
        for suffix in (".csv", ".jsonl", ".parquet")
    ]
    return [
        *tables,
        Task("film → annotated film", "film", film, "peer.mp4", "ours.mp4"),
        Task("photo folder → CSV", "photos", photos, "peer.csv", "ours.csv"),
    ]


def seconds(command: list[str]) -> tuple[float, float]:
    """(wall, CPU) seconds of a program."""
    with tempfile.TemporaryFile("w+") as text:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=text, stderr=subprocess.STDOUT, cwd=ROOT.parent, env=ENVIRONMENT
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            text.seek(0)
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{text.read()}")
    return wall, usage.ru_utime + usage.ru_stime


def row(task: Task, repeats: int, peer_python: Path, folder: Path) -> list[str]:
    """Runs both programs in pairs."""
    peer_command = [str(peer_python), str(PEER_PROGRAM), task.peer, str(task.source)]
    peer_command.append(str(folder / task.peer_output))
    command = [sys.executable, "-m", "attention_mesh", "run", "--input", str(task.source)]
    command += ["--output", str(folder / task.output)]
    pairs = []
    for number in range(repeats + 1):
        print(f"{task.label}, pair {number} of {repeats}", file=sys.stderr)
        pairs.append((seconds(peer_command), seconds(command)))
    pairs = pairs[1:]
    peers, ours = zip(*pairs, strict=True)
    return [
        task.label,
        spread([wall for wall, _ in peers]),
        spread([wall for wall, _ in ours]),
        spread([peer[0] / own[0] for peer, own in pairs]),
        spread([cpu for _, cpu in peers]),
        spread([cpu for _, cpu in ours]),
    ]


def write_film(path: Path, count: int) -> Path:
    writer = VideoWriter(path, FPS, SIZE)
    for image in synthetic_frames(SIZE, 1, count):
        writer.write(image)
    writer.close()
    return path


def write_photos(folder: Path, count: int) -> Path:
    folder.mkdir()
    for index, image in enumerate(synthetic_frames(SIZE, 1, count)):
        write_image(folder / f"{index:04d}.jpg", image)
    return folder


def report(arguments: argparse.Namespace) -> str:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        film = (arguments.film or write_film(folder / "film.mp4", arguments.frames)).resolve()
        photos = (arguments.photos or write_photos(folder / "photos", arguments.frames // 3)).resolve()
        rows = [
            row(task, arguments.repeats, arguments.peer_python, folder)
            for task in tasks(film, photos)
            if not arguments.only or arguments.only in task.label
        ]
        written = [folder / name for name in ("peer.mp4", "ours.mp4")]
        sizes = [f"{file.stat().st_size / 1e6:.1f} MB" for file in written if file.exists()]
    if len(sizes) == 2:
        note = f" The annotated films have {sizes[0]} (mediapipe) and {sizes[1]} (ours)."
    else:
        note = ""
    films = f"`{arguments.film.name}`" if arguments.film else f"{arguments.frames} frames of 1280×720, H.264"
    pictures = f"`{arguments.photos.name}`" if arguments.photos else f"{arguments.frames // 3} JPEG files"
    return (
        "# End to end: whole programs, as a user times them\n\n"
        f"Made by `python benchmarks/end_to_end.py`. {machine_description()}. Film: {films}; photos: "
        f"{pictures}. Seconds from the start of the process to its end: median and quartiles of "
        f"{arguments.repeats} pairs. mediapipe: a plain program with OpenCV (benchmarks/peer_program.py), "
        "which writes CSV for every table and MPEG-4 Part 2 films. Ours: `attention-mesh run` with its "
        f"defaults.{note}\n\n" + markdown_table(HEAD, rows) + "\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer-python", type=Path, default=PEER_PYTHON, help="Python with mediapipe 0.10.21")
    parser.add_argument("--frames", type=int, default=300, help="frames of the film; a third as many photos")
    parser.add_argument("--repeats", type=int, default=5, help="pairs of runs per task")
    parser.add_argument("--film", type=Path, help="this film instead of the synthetic one")
    parser.add_argument("--photos", type=Path, help="this folder instead of synthetic photos")
    parser.add_argument("--only", help="only the tasks whose name contains this text")
    parser.add_argument("--output", type=Path, help="also write the report to this file")
    arguments = parser.parse_args()
    if not arguments.peer_python.exists():
        parser.error(f"no Python at {arguments.peer_python}: run `make peer`, or give --peer-python")
    text = report(arguments)
    print(text)
    if arguments.output:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
