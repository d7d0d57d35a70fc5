"""Measures the face mesh against mediapipe 0.10.21 and against its own network, and writes a report.

    make peer && .venv/bin/python benchmarks/face_mesh.py [--video FILE] [--frames 1200] [--quick]
        [--output FILE.md]

Every implementation runs in a separate process (benchmarks/peer.py) and keeps its tracks. They take turns at
the same frames, chunk by chunk, so that a change of the machine's speed affects all of them. The frames are
in memory before the clocks start. A frame's clock stops when its landmarks can be read.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from busy_neighbors import BusyNeighbors
from clips import Clip, recorded_frames, synthetic_frames, write_clip
from peer_process import Contender, PeerProcess
from spread import spread
from turns import WARM_UP_CHUNKS, WARM_UP_FRAMES, Result, measure, open_clip, ratio

from attention_mesh.cli.machine import machine_description
from attention_mesh.models.evaluation.markdown import markdown_table, write_section

ROOT = Path(__file__).resolve().parent.parent
PEER_PYTHON = ROOT / ".venv-mediapipe" / "bin" / "python"

README = ROOT / "README.md"
README_SECTION = "benchmarks/face_mesh.py --readme"
README_HEAD = ["frame", "faces", "mediapipe, ms", "drop-in, ms", "times faster", "bare network, ms"]

# Number of measurements of the start, and the number of frames before memory is read.
STARTS = 3
START_FRAMES = 40
FACE_COUNTS = (1, 2, 8)


OFFICIAL = Contender("mediapipe", "official")
SOLUTION = Contender("drop-in", "solution")
LANDMARKER = Contender("FaceLandmarker", "landmarker")
NETWORK = Contender("network", "network")
ONE_THREAD = Contender("FaceLandmarker, 1 thread", "landmarker", 1)
NETWORK_ONE_THREAD = Contender("network, 1 thread", "network", 1)
RELEASED = Contender("released network", "released")
RELEASED_ONE_THREAD = Contender("released network, 1 thread", "released", 1)


def speed_row(clip: Clip, results: dict[Contender, Result]) -> list[str]:
    official, solution = results[OFFICIAL], results[SOLUTION]
    network, released = results[NETWORK], results[RELEASED]
    return [
        clip.label,
        f"{clip.num_faces}",
        f"{official.faces:.1f} / {solution.faces:.1f}",
        spread(official.chunks),
        spread(solution.chunks),
        ratio(official, solution),
        spread(results[LANDMARKER].chunks),
        spread(network.chunks),
        ratio(solution, network),
        spread(released.chunks),
        ratio(solution, released),
    ]


SPEED_HEAD = [
    "frame",
    "faces",
    "found (mediapipe / ours)",
    "mediapipe, ms",
    "drop-in, ms",
    "times faster",
    "FaceLandmarker, ms",
    "bare network, ms",
    "drop-in / network",
    "released network, ms",
    "drop-in / released",
]


def thread_row(label: str, official: Result, ours: Result, network: Result, released: Result) -> list[str]:
    return [
        label,
        spread(official.chunks),
        spread(ours.chunks),
        ratio(official, ours),
        spread(network.chunks),
        ratio(ours, network),
        spread(released.chunks),
        ratio(ours, released),
    ]


THREAD_HEAD = [
    "setting",
    "mediapipe, ms",
    "FaceLandmarker, ms",
    "times faster",
    "bare network, ms",
    "ours / network",
    "released network, ms",
    "ours / released",
]


def neighbor_rows(clip: Clip, peer_python: Path, chunk: int) -> list[list[str]]:
    """Table rows of the clip beside no, one and two busy processes."""
    rows = []
    for busy, label in enumerate(("none", "one", "two")):
        print(f"measuring {clip.label} beside {busy} busy process(es)", file=sys.stderr)
        with BusyNeighbors(busy):
            contenders = [OFFICIAL, SOLUTION, ONE_THREAD]
            results = measure(clip, contenders, peer_python, chunk, of_chunk=statistics.fmean)
        official, solution, one = (results[contender] for contender in contenders)
        rows.append(
            [
                label,
                f"{official.faces:.2f} / {solution.faces:.2f}",
                spread(official.chunks),
                spread(solution.chunks),
                ratio(official, solution),
                spread(one.chunks),
                ratio(official, one),
            ]
        )
    return rows


NEIGHBOR_HEAD = [
    "busy processes",
    "found (mediapipe / ours)",
    "mediapipe, ms",
    "drop-in, ms",
    "times faster",
    "ours on 1 thread, ms",
    "times faster",
]


def neighbor_section(clip: Clip, arguments: argparse.Namespace) -> list[str]:
    """The heading, explanation and table of the measurements beside a busy neighbor."""
    return [
        f"## Beside a busy neighbor, {clip.label}, {clip.num_faces} face",
        f"Processes that compute without a pause run beside all of them. Means over chunks of "
        f"{arguments.neighbor_chunk} frames, because a frame that waits for a core counts in full.",
        markdown_table(NEIGHBOR_HEAD, neighbor_rows(clip, arguments.peer_python, arguments.neighbor_chunk)),
    ]


def quick_report(arguments: argparse.Namespace) -> str:
    """Only the table beside a busy neighbor, of the first clip."""
    with tempfile.TemporaryDirectory() as folder:
        clip = next(clips(arguments, Path(folder)))
        head = [
            "# Face mesh: speed against mediapipe beside a busy neighbor",
            f"Made by `python benchmarks/face_mesh.py --quick`. {machine_description()}. Milliseconds per "
            "frame; the processes run in turns, and ratios compare turns next to each other.",
        ]
        return "\n\n".join(head + neighbor_section(clip, arguments)) + "\n"


def start_rows(clip: Clip, peer_python: Path) -> list[list[str]]:
    """Table rows of import, first frame and memory, from `STARTS` new processes that run alone."""
    rows = []
    for contender in (OFFICIAL, SOLUTION, LANDMARKER):
        starts: dict[str, list[float]] = {"import_s": [], "first_frame_s": [], "peak_mib": []}
        for _ in range(STARTS):
            process = PeerProcess(contender, peer_python if contender is OFFICIAL else sys.executable)
            answers = process.ask("info") | open_clip(process, clip)
            for frame in range(1, START_FRAMES):  # one by one, so that the peak contains one frame
                process.ask("run", start=frame, stop=frame + 1)
            answers |= process.ask("memory")
            process.close()
            for name, values in starts.items():
                values.append(answers[name])
        digits = {"import_s": 2, "first_frame_s": 3, "peak_mib": 0}
        rows.append([contender.label, *(spread(values, digits[name]) for name, values in starts.items())])
    return rows


START_HEAD = ["", "import, s", "made and first frame, s", f"peak memory of {START_FRAMES} frames, MiB"]


def clips(arguments: argparse.Namespace, folder: Path) -> Iterator[Clip]:
    """Yields the clips to measure, the first in most detail; each is made when it is needed."""
    path = folder / "frames.rgb"
    if arguments.video:
        yield write_clip(path, recorded_frames(arguments.video, arguments.frames + 1), arguments.num_faces)
        return
    for size in ((1280, 720), (1920, 1080)):
        for num_faces in FACE_COUNTS:
            yield write_clip(path, synthetic_frames(size, num_faces, arguments.frames + 1), num_faces)


def short_table(speed: list[list[str]]) -> str:
    """The table of medians that the README shows."""
    columns = [SPEED_HEAD.index(name) for name in README_HEAD]
    return markdown_table(
        README_HEAD, [[row[column].partition(" (")[0] for column in columns] for row in speed]
    )


def report(arguments: argparse.Namespace) -> tuple[str, str]:
    """The whole report, and the table for the README."""
    speed: list[list[str]] = []
    detail: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for clip in clips(arguments, Path(folder)):
            print(
                f"measuring {clip.label}, {clip.num_faces} face(s), {clip.shape[0]} frames", file=sys.stderr
            )
            contenders = [OFFICIAL, SOLUTION, LANDMARKER, NETWORK, RELEASED]
            if detail:
                speed.append(
                    speed_row(clip, measure(clip, contenders, arguments.peer_python, arguments.chunk))
                )
                continue
            one_thread = [ONE_THREAD, NETWORK_ONE_THREAD, RELEASED_ONE_THREAD]
            results = measure(clip, contenders + one_thread, arguments.peer_python, arguments.chunk)
            single = [results[contender] for contender in (OFFICIAL, *one_thread)]
            core = frozenset([max(os.sched_getaffinity(0))])
            held = [replace(contender, cores=core) for contender in (OFFICIAL, *one_thread)]
            pinned = measure(clip, held, arguments.peer_python, arguments.chunk)
            threads = [
                thread_row("ours on 1 thread, mediapipe as it comes", *single),
                thread_row("each held to one core", *pinned.values()),
            ]
            speed.append(speed_row(clip, results))
            versions = ", ".join(dict.fromkeys(result.version for result in results.values()))
            detail = [
                f"{machine_description()}. {versions}.",
                f"## Threads, {clip.label}, {clip.num_faces} face",
                markdown_table(THREAD_HEAD, threads),
                *neighbor_section(clip, arguments),
                "## Start and memory",
                markdown_table(START_HEAD, start_rows(clip, arguments.peer_python)),
            ]
    source = (
        f"`{arguments.video.name}`"
        if arguments.video
        else "scikit-image's astronaut in front of a virtual camera, once per tile; a single face takes "
        "a quarter to a half of the frame's height"
    )
    head = [
        "# Face mesh: speed against mediapipe",
        f"Made by `python benchmarks/face_mesh.py`. {detail[0]} Frames: {source}.",
        "Milliseconds per frame: the median and, in parentheses, the quartiles over chunks of "
        f"{arguments.chunk} frames that the processes run in turns (the first {WARM_UP_FRAMES} of a turn "
        "do not count). Ratios compare chunks that ran next to each other. "
        "mediapipe: `FaceMesh(refine_landmarks=True)` in video mode. Drop-in: the same call of ours. "
        "FaceLandmarker: our own API in video mode with its defaults (both detectors, smoothing); in the "
        "thread table, with the drop-in's settings (short range, no smoothing). Bare network: only the "
        "attention network as our graphs run it, one invoke for all faces. Released network: the same "
        "weights as the released file has them, with only MediaPipe's own operators replaced, without the "
        "rewriting that makes ours faster.",
        markdown_table(SPEED_HEAD, speed),
    ]
    return "\n\n".join(head + detail[1:]) + "\n", short_table(speed)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer-python", type=Path, default=PEER_PYTHON, help="Python with mediapipe 0.10.21")
    parser.add_argument("--video", type=Path, help="measure this video instead of the synthetic clips")
    parser.add_argument("--num-faces", type=int, default=1, help="faces to look for in --video")
    parser.add_argument("--frames", type=int, help="frames of each clip (default: 1200, or 840 with --quick)")
    parser.add_argument("--chunk", type=int, default=30, help="frames per turn")
    parser.add_argument(
        "--neighbor-chunk", type=int, default=120, help="frames per turn beside a busy neighbor"
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="only the table beside a busy neighbor, 720p, one face",
    )
    parser.add_argument("--output", type=Path, help="also write the report to this file")
    parser.add_argument("--readme", action="store_true", help="write the medians into README.md")
    arguments = parser.parse_args()
    if not arguments.peer_python.exists():
        parser.error(f"no Python at {arguments.peer_python}: run `make peer`, or give --peer-python")
    if arguments.quick and arguments.readme:
        parser.error("--readme needs the whole report, without --quick")
    if arguments.frames is None:
        arguments.frames = 840 if arguments.quick else 1200
    for name in ("neighbor_chunk",) if arguments.quick else ("chunk", "neighbor_chunk"):
        option, frames = "--" + name.replace("_", "-"), getattr(arguments, name)
        if frames <= WARM_UP_FRAMES:
            parser.error(f"{option} has to be more than {WARM_UP_FRAMES}")
        if arguments.frames < (WARM_UP_CHUNKS + 2) * frames:
            parser.error(f"--frames has to be {WARM_UP_CHUNKS + 2} times {option} or more")
    return arguments


def main() -> None:
    arguments = parse_arguments()
    text, medians = (quick_report(arguments), "") if arguments.quick else report(arguments)
    print(text)
    if arguments.readme:
        write_section(README, README_SECTION, medians)
    if arguments.output:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
