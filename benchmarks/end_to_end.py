"""Measures whole programs as a user times them: `attention-mesh run` beside a plain program on mediapipe.

    make peer && .venv/bin/python benchmarks/end_to_end.py [--frames 300 3000] [--repeats 5] [--film FILE]
        [--photos FOLDER] [--only TEXT] [--output FILE.md]

The other program is benchmarks/peer_program.py, with OpenCV. Both run as new processes, one after the other,
in pairs; a ratio is that of a pair. The first pair of a task does not count: Python compiles modules then,
and the files come into memory. The films are 1280×720 in H.264, of a face that a virtual camera films, or
FILE; the photos are JPEG pictures of the same, or those of FOLDER. Every task runs with the first number of
frames; with the others, which show what the start costs, only film and photos to CSV do, in two pairs, and so
do photos as a telephone takes them. A third program, benchmarks/floor_program.py, runs beside the pairs.

`--only CSV` measures the tasks whose name contains CSV, `--only photo` those of photos. The rows of the other
tasks in the output file then stay. Other programs that run meanwhile change the times of all, but not by the
same factor: run it on an idle machine. On Linux, turns in which they took a tenth of a core are repeated, as
often as three times the pairs, and the report says so if all turns are so.
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
from attention_mesh.models.weights import landmark_model, model_path

ROOT = Path(__file__).resolve().parent.parent
PEER_PYTHON = ROOT / ".venv-mediapipe" / "bin" / "python"
PEER_PROGRAM = Path(__file__).resolve().parent / "peer_program.py"
FLOOR_PROGRAM = Path(__file__).resolve().parent / "floor_program.py"
FPS = 30.0
SIZE = (1280, 720)
TELEPHONE_SIZE = (4032, 3024)
TELEPHONE_PHOTOS = 40
# As users have it: Python keeps what it has compiled.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
HEAD = ["task", "mediapipe, s", "ours, s", "times faster"]
HEAD += ["mediapipe, CPU s", "ours, CPU s", "floor, s", "floor, CPU s", "floor, times faster"]
LONG_PAIRS = 2
MOST_ELSEWHERE = 0.1  # of a core
OTHERS = " (others took up to"  # in the name of a row, if no quieter turns came


class Task(NamedTuple):
    """What both programs do: the peer's name of it, its input, and the two files that they write."""

    label: str
    peer: str
    source: Path
    peer_output: str
    output: str
    pairs: int
    warm_up: int  # pairs that do not count


def tasks(films: list[Path], photos: list[Path], telephone_photos: Path, repeats: int) -> list[Task]:
    (film, *long_films), (folder, *large_folders) = films, photos
    tables = [
        Task(f"film → {suffix[1:].upper()}", "table", film, "peer.csv", f"ours{suffix}", repeats, 1)
        for suffix in (".csv", ".jsonl", ".parquet")
    ]
    return [
        *tables,
        Task("film → annotated film", "film", film, "peer.mp4", "ours.mp4", repeats, 1),
        Task("photo folder → CSV", "photos", folder, "peer.csv", "ours.csv", repeats, 1),
        *[
            Task(f"film of {path.stem} frames → CSV", "table", path, "peer.csv", "ours.csv", LONG_PAIRS, 0)
            for path in long_films
        ],
        *[
            Task(f"{path.name} photos → CSV", "photos", path, "peer.csv", "ours.csv", LONG_PAIRS, 0)
            for path in large_folders
        ],
        Task(
            f"{TELEPHONE_PHOTOS} photos of 12 megapixels → CSV",
            "photos",
            telephone_photos,
            "peer.csv",
            "ours.csv",
            LONG_PAIRS,
            0,
        ),
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


def processor_seconds() -> float:
    """Processor time of all programs since the machine's start; 0 where the system is not Linux."""
    try:
        fields = Path("/proc/stat").read_text().split()[1:4]  # user, nice, system
    except OSError:
        return 0.0
    return sum(map(int, fields)) / os.sysconf("SC_CLK_TCK")


def row(task: Task, peer_python: Path, folder: Path) -> list[str]:
    """Runs the programs in turns."""
    peer_command = [str(peer_python), str(PEER_PROGRAM), task.peer, str(task.source)]
    peer_command.append(str(folder / task.peer_output))
    command = [sys.executable, "-m", "attention_mesh", "run", "--input", str(task.source)]
    command += ["--output", str(folder / task.output)]
    floor_command = [sys.executable, str(FLOOR_PROGRAM), "photos" if task.peer == "photos" else "film"]
    floor_command += [str(task.source), str(landmark_model()), str(model_path("face_detection_short_range"))]
    turns: list[tuple[float, list[tuple[float, float]]]] = []  # the share of a core that others took, times
    quiet = 0
    for number in range(task.warm_up + 3 * task.pairs):
        print(f"{task.label}, turn {number + 1}", file=sys.stderr)
        before, start = processor_seconds(), time.perf_counter()
        times = [seconds(program) for program in (peer_command, command, floor_command)]
        others = processor_seconds() - before - sum(cpu for _, cpu in times)
        share = others / (time.perf_counter() - start)
        if number >= task.warm_up:
            turns.append((share, times))
            quiet += share <= MOST_ELSEWHERE
        if quiet == task.pairs:
            break
    turns = sorted(turns, key=lambda turn: turn[0])[: task.pairs]
    if turns[-1][0] > MOST_ELSEWHERE:
        print(f"{task.label}: other programs took up to {turns[-1][0]:.2f} cores", file=sys.stderr)
        task = task._replace(label=f"{task.label}{OTHERS} {turns[-1][0]:.2f} cores)")
    (peer, peer_cpu), (own, own_cpu), (floor, floor_cpu) = (
        zip(*runs, strict=True) for runs in zip(*(times for _, times in turns), strict=True)
    )
    ratios, most = (
        spread([theirs / wall for theirs, wall in zip(peer, walls, strict=True)]) for walls in (own, floor)
    )
    return [
        task.label,
        *map(spread, (peer, own)),
        ratios,
        *map(spread, (peer_cpu, own_cpu, floor, floor_cpu)),
        most,
    ]


def write_film(path: Path, count: int) -> None:
    writer = VideoWriter(path, FPS, SIZE)
    for image in synthetic_frames(SIZE, 1, count):
        writer.write(image)
    writer.close()


def write_photos(folder: Path, count: int, size: tuple[int, int] = SIZE) -> None:
    folder.mkdir()
    for index, image in enumerate(synthetic_frames(size, 1, count)):
        write_image(folder / f"{index:04d}.jpg", image)


def write_source(task: Task) -> None:
    if task.source.name == "telephone":
        write_photos(task.source, TELEPHONE_PHOTOS, TELEPHONE_SIZE)
    elif task.peer == "photos":
        write_photos(task.source, int(task.source.name))
    else:
        write_film(task.source, int(task.source.stem))


def earlier_rows(report: Path | None) -> dict[str, list[str]]:
    """The rows of an earlier report by their tasks."""
    if report is None or not report.exists():
        return {}
    lines = [line for line in report.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    return {row[0].partition(OTHERS)[0]: row for row in rows if len(row) == len(HEAD)}


def report(arguments: argparse.Namespace) -> str:
    short, *long = arguments.frames
    with tempfile.TemporaryDirectory() as name:
        folder = (arguments.folder or Path(name)).resolve()

        films = [(arguments.film or folder / f"{short}.mp4").resolve(), *(folder / f"{n}.mp4" for n in long)]
        counts = [count // 3 for count in long]
        photos = [
            (arguments.photos or folder / f"{short // 3}").resolve(),
            *(folder / f"{n}" for n in counts),
        ]
        telephone_photos = folder / "telephone"
        wanted = [
            task
            for task in tasks(films, photos, telephone_photos, arguments.repeats)
            if not arguments.only or arguments.only in task.label
        ]
        rows = earlier_rows(arguments.output) if arguments.only else {}
        for task in wanted:
            if not task.source.exists():
                write_source(task)
            rows[task.label] = row(task, arguments.peer_python, folder)
        written = [folder / name for name in ("peer.mp4", "ours.mp4")]
        sizes = [f"{file.stat().st_size / 1e6:.1f} MB" for file in written if file.exists()]
    if len(sizes) == 2:
        print(f"The annotated films have {sizes[0]} (mediapipe) and {sizes[1]} (ours).", file=sys.stderr)
    film = f"`{arguments.film.name}`" if arguments.film else f"{short} frames of 1280×720, H.264"
    pictures = f"`{arguments.photos.name}`" if arguments.photos else f"{short // 3} JPEG files of 1280×720"
    order = [task.label for task in tasks(films, photos, telephone_photos, 0)]
    return (
        "# End to end: whole programs, as a user times them\n\n"
        f"Made by `python benchmarks/end_to_end.py`. {machine_description()}. Film: {film}; photo folder: "
        f"{pictures}; other rows say their size. Seconds from the start of the process to its end: median "
        f"and quartiles of {arguments.repeats} pairs, or of {LONG_PAIRS} in rows with a size. mediapipe: a "
        "plain program with OpenCV (benchmarks/peer_program.py), which writes CSV for every table and MPEG-4 "
        "Part 2 films. Ours: `attention-mesh run` with its defaults. Floor: only the decoder and the networks"
        " of our run, on two threads (benchmarks/floor_program.py), more than which takes other networks;"
        " nothing is drawn or encoded for the annotated film.\n\n"
        + markdown_table(HEAD, [rows[label] for label in order if label in rows])
        + "\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer-python", type=Path, default=PEER_PYTHON, help="Python with mediapipe 0.10.21")
    parser.add_argument(
        "--frames",
        type=int,
        nargs="+",
        default=[300, 3000],
        help="frames of the films; a third as many photos",
    )
    parser.add_argument("--repeats", type=int, default=5, help="pairs of runs per task of the first size")
    parser.add_argument("--film", type=Path, help="this film instead of the synthetic one")
    parser.add_argument("--photos", type=Path, help="this folder instead of synthetic photos")
    parser.add_argument("--folder", type=Path, help="keep films and photos here for the next time")
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
