"""Checks that what was written stays: on disks that fill up, of runs that are killed, and if files are moved.

    python tools/fuzz/losses.py disk|kill|gone|all [--rounds 1] [--seed 0] [--suffix .mp4] [--sizes 64x48]

Every output is tried: films in all containers, tables, and folders of pictures, from 64x48 pixels to 4K.

- `disk` writes to a disk of a random small size until it is full, or until another program fills it at once.
  As root on Linux it mounts one in memory; otherwise, and in a third of the tries, a file's size is limited.
- `kill` kills a process with SIGKILL at a random time while it writes.
- `gone` deletes, replaces or renames the output or its folder while it is written.

Then it opens what is left, and counts the frames or rows. Faults are: an output that nothing reads, one that
lost more than a second of its frames (a table in Parquet: more than 512 rows), an error of another class than
ours, and a loss without an error.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from attention_mesh.cli.outputs.frame_record import FrameRecord
from attention_mesh.cli.outputs.open_sink import FilmOptions, open_sink
from attention_mesh.media.errors import MediaError
from attention_mesh.media.image_file import read_image
from attention_mesh.models.evaluation.markdown import markdown_table
from attention_mesh.python_bindings.landmarker.face_landmarker_result import FaceLandmarkerResult

FILMS = (".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".gif")
TABLES = (".csv", ".jsonl", ".parquet")
FOLDER = "/"
SIZES = ("64x48", "320x240", "1280x720", "3840x2160")
WAYS = (
    "folder deleted",
    "file deleted",
    "file replaced",
    "file renamed",
    "folder renamed",
    "folder replaced",
)
FPS = 25
LOST_FRAMES, LOST_ROWS = FPS, 512
KILLED_WITHIN_S = 6.0
_MOST_S = 20.0  # of writing
_MOST_FRAMES = 3000


def record(index: int, size: tuple[int, int], suffix: str) -> FrameRecord:
    """A frame of noise that moves or, for a table, one face whose landmarks are noise."""
    name, time_us = f"frame_{index:06d}", index * 1_000_000 // FPS
    if suffix in TABLES:
        noise = np.random.default_rng(0).integers(0, 64_000, (478, 3)) / 1000
        result = FaceLandmarkerResult(
            landmarks_px=np.roll(noise, index, axis=0)[None],
            scores=np.ones(1),
            rois=np.zeros((1, 5)),
            track_ids=np.ones(1),
            timestamp_us=time_us,
            image_size=size,
        )
        return FrameRecord(index, name, time_us, None, result, size)
    width, height = size
    noise = np.random.default_rng(0).integers(0, 255, (height // 8 + 1, width // 8 + 1, 3), np.uint8)
    image = noise.repeat(8, 0).repeat(8, 1)[:height, :width]
    return FrameRecord(index, name, time_us, np.roll(image, 3 * index, axis=1))


def write(path: str, size: tuple[int, int], told: Callable[[int], None]) -> Exception | None:
    """Writes an output until an error or the time ends it; returns the error.

    Args:
      path: of the output; it ends in "/" if it is a folder.
      size: (width, height) px of the frames.
      told: is called with the number of frames that are written, after each; StopIteration ends the writing.
    """
    suffix, error = Path(path).suffix, None
    sink = open_sink(path, FPS, FilmOptions(keep_time=True))
    ends = time.monotonic() + _MOST_S
    try:
        for index in range(_MOST_FRAMES):
            sink.write(record(index, size, suffix))
            told(index + 1)
            if time.monotonic() > ends:
                break
    except Exception as raised:  # noqa: BLE001 - which class it has is what is checked
        error = raised
    try:
        sink.close()
    except Exception as raised:  # noqa: BLE001 - as above
        if error is None or isinstance(error, StopIteration) or not isinstance(raised, MediaError):
            error = raised
    return error


def readable(path: str) -> int:
    """How many frames, rows or pictures another program reads from an output; -1 if it cannot be read."""
    file, suffix = Path(path), Path(path).suffix
    try:
        if suffix == ".csv":
            with file.open(newline="", encoding="utf-8") as text:
                rows = list(csv.reader(text))
            if rows and len(rows[-1]) < len(rows[0]):  # cut while it was written
                rows.pop()
            return -1 if len({len(row) for row in rows}) > 1 else max(len(rows) - 1, 0)
        if suffix == ".jsonl":
            lines = file.read_text("utf-8").splitlines(keepends=True)
            return len([json.loads(line) for line in lines if line.endswith("\n")])
        if suffix == ".parquet":
            import pyarrow.parquet

            with file.open("rb") as table:
                return int(pyarrow.parquet.read_table(table).num_rows)
        if suffix in FILMS:
            return _frames_of(file)
        return sum(read_image(picture).size > 0 for picture in file.iterdir() if picture.suffix == ".png")
    except Exception:  # noqa: BLE001 - whatever a reader raises
        return -1


def _frames_of(file: Path) -> int:
    """How many pictures FFmpeg decodes before the first that it cannot."""
    import av

    count = 0
    with av.open(str(file)) as container:
        try:
            for _ in container.decode(video=0):
                count += 1
        except av.error.FFmpegError:
            if count == 0:
                raise
    return count


@contextlib.contextmanager
def small_disk(folder: Path, size: int, mounted: bool) -> Iterator[None]:
    """A disk of so many bytes at `folder`; if it is not mounted, a limit of a file's size."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)]
    if mounted and subprocess.run(mount, check=False).returncode == 0:
        try:
            yield
        finally:
            subprocess.run(["umount", str(folder)], check=False)
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def try_disk(suffix: str, size: tuple[int, int], generator: random.Random) -> str:
    """What came of an output on a disk that fills up: "" or the fault."""
    log = int(size[0] * size[1]).bit_length() / 2 + 9
    room = int(2 ** generator.uniform(log, log + 5)) & ~4095
    mounted = sys.platform == "linux" and os.geteuid() == 0 and generator.random() < 2 / 3
    filled_at = generator.randint(1, 200) if mounted and generator.random() < 1 / 2 else 0
    with tempfile.TemporaryDirectory() as folder, small_disk(Path(folder), room, mounted):
        path = f"{folder}/out{suffix}"
        counts = [0]

        def told(count: int) -> None:
            counts.append(count)
            if count == filled_at:
                with (
                    contextlib.suppress(OSError),
                    Path(folder, "neighbor").open("wb", buffering=0) as neighbor,
                ):
                    while neighbor.write(b"x" * 4096):
                        pass

        error = write(path, size, told)
        if error is not None and not isinstance(error, MediaError):
            return f"another error: {type(error).__name__}"
        return fault(path, suffix, counts[-1])


def fault(path: str, suffix: str, written: int) -> str:
    """What is wrong with an output into which so many frames went; "" if nothing is."""
    left = readable(path)
    lost = written - max(left, 0)
    if lost <= (LOST_ROWS if suffix == ".parquet" else LOST_FRAMES if suffix in FILMS else 1):
        return ""
    if left <= 0:
        return "nothing is left"
    return "lost less than half" if written > 2 * lost else "lost most"


def try_kill(suffix: str, size: tuple[int, int], generator: random.Random) -> str:
    """What came of an output whose process was killed: "" or the fault."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/out{suffix}"
        command = [sys.executable, __file__, "--write", path, "--sizes", f"{size[0]}x{size[1]}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            process.stdout.readline()  # the first frame is written
            time.sleep(generator.uniform(0, KILLED_WITHIN_S))
            process.kill()
            lines = process.stdout.read().split()
        return fault(path, suffix, int(lines[-1]) if lines else 1)


def try_gone(suffix: str, size: tuple[int, int], generator: random.Random, way: str = "") -> str:
    """What came of an output whose file or folder went while it was written: "" or the fault."""
    way, at = way or generator.choice(WAYS), generator.randint(1, 20)
    with tempfile.TemporaryDirectory() as outer:
        folder = Path(outer) / "results"
        path = folder / f"out{suffix}"
        folder.mkdir()
        whole = f"{path}/" if suffix == FOLDER else str(path)

        def told(count: int) -> None:
            if count == at:
                _take_away(way, Path(whole), folder)
            if count == at + 10:
                raise StopIteration

        error = write(whole, size, told)
        if isinstance(error, StopIteration):
            return f"no word: {way}"
        return "" if isinstance(error, MediaError) else f"another error: {type(error).__name__}"


def _take_away(way: str, path: Path, folder: Path) -> None:
    if way == "folder renamed":
        folder.rename(folder.with_name("moved"))
    elif way.startswith("folder"):
        shutil.rmtree(folder)
        if way == "folder replaced":
            folder.mkdir()
    elif way == "file renamed":
        path.rename(path.with_name("moved"))
    else:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        if way == "file replaced":
            path.write_bytes(b"another's")


TRIES = {"disk": try_disk, "kill": try_kill, "gone": try_gone}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("kind", nargs="?", choices=(*TRIES, "all"), default="all")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--suffix", nargs="+", default=[*FILMS, *TABLES, FOLDER])
    parser.add_argument("--sizes", nargs="+", default=SIZES, help="of the frames; tables take the first")
    parser.add_argument("--write", help=argparse.SUPPRESS)  # what `kill` starts
    arguments = parser.parse_args()
    sizes = [(int(width), int(height)) for width, height in (text.split("x") for text in arguments.sizes)]
    if arguments.write:
        write(arguments.write, sizes[0], lambda count: print(count, flush=True))
        return 0
    generator, rows, faults = random.Random(arguments.seed), [], 0
    for kind in TRIES if arguments.kind == "all" else [arguments.kind]:
        for suffix in arguments.suffix:
            seen: Counter[str] = Counter()
            for size in (sizes[:1] if suffix in TABLES else sizes) * arguments.rounds:
                seen[TRIES[kind](suffix, size, generator)] += 1
            tried, bad = sum(seen.values()), sum(seen.values()) - seen[""]
            told = "; ".join(f"{text} ({count})" for text, count in sorted(seen.items()) if text)
            rows.append([kind, suffix, str(tried), str(seen[""]), str(bad), told])
            print(*rows[-1], file=sys.stderr, flush=True)
            faults += bad
    print(markdown_table(["kind", "output", "tried", "survived", "faults", "which"], rows))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
