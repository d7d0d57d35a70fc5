"""Whether several processes make the same table of a dataset as one, row by row, and how long each takes.

    python benchmarks/dataset_processes.py [--films 200] [--jobs 2] [--more FOLDER] [--output FILE.md]

It makes short films of scikit-image's astronaut: of several sizes, rates, codecs, containers and rotations,
some without a face, some cut off, some empty; and photos. `--more` adds a folder of your own films.
"""

from __future__ import annotations

import argparse
import os
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pyarrow.dataset
import pyarrow.parquet
from skimage import data

from attention_mesh.cli.machine import machine_description
from attention_mesh.models.evaluation.markdown import markdown_table

SIZES = ((192, 192), (256, 144), (144, 256), (320, 240), (426, 240))
RATES = (10, 24, 25, 30, 60)
CODECS = (("libx264", "mp4"), ("mpeg4", "avi"), ("mjpeg", "mov"), ("libvpx", "webm"), ("mpeg2video", "mkv"))
FRAMES = (3, 8, 15)
OF_THE_RUN = ("seconds", "part")


def write_film(path: Path, number: int, picture: np.ndarray) -> None:
    """A film in which a picture moves."""
    codec, _ = CODECS[number % len(CODECS)]
    rate = 25 if codec == "mpeg2video" else RATES[number // 5 % len(RATES)]
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate)
        stream.height, stream.width = picture.shape[:2]
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for index in range(FRAMES[number % len(FRAMES)]):
            moved = np.roll(picture, (number % 5) * index, axis=1)
            container.mux(
                stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(moved), format="rgb24"))
            )
        container.mux(stream.encode())
    if codec == "libx264":
        turn(path, number // 5 % 4)


def turn(path: Path, quarters: int) -> None:
    """Lets an MP4 ask for quarter turns: its track's matrix, ISO/IEC 14496-12."""
    cos, sin = ((1, 0), (0, 1), (-1, 0), (0, -1))[quarters]
    content = bytearray(path.read_bytes())
    at = content.find(b"tkhd") + 44
    content[at : at + 36] = struct.pack(
        ">9i", cos << 16, -sin << 16, 0, sin << 16, cos << 16, 0, 0, 0, 1 << 30
    )
    path.write_bytes(content)


def make_sources(folder: Path, count: int) -> None:
    """Films and photos, of which every tenth has no face, and every twelfth is broken."""
    face = data.astronaut()[:300, 80:380]
    for number in range(count):
        width, height = SIZES[number % len(SIZES) if number % 2 else number // 3 % len(SIZES)]
        side = min(width, height)
        picture = np.full((height, width, 3), 90, np.uint8)
        if number % 10 != 7:
            at = (height - side) // 2, (width - side) // 2
            picture[at[0] : at[0] + side, at[1] : at[1] + side] = cv2.resize(face, (side, side))
        if number % 9 == 4:
            picture = np.ascontiguousarray(np.rot90(picture, number // 9 % 4))
        ward = folder / f"ward {number % 7}"
        ward.mkdir(parents=True, exist_ok=True)
        if number % 8 == 3:
            path = ward / f"{number:03}.{'png' if number % 16 == 3 else 'jpg'}"
            cv2.imwrite(str(path), picture[:, :, ::-1])
        else:
            path = ward / f"{number:03}.{CODECS[number % len(CODECS)][1]}"
            write_film(path, number, picture)
        if number % 12 == 11:
            content = path.read_bytes()
            path.write_bytes(content[: len(content) * (number // 12 % 3) // 4])


def run(sources: list[Path], table: Path, jobs: int) -> float:
    """Makes a table, and gives the seconds that it took."""
    command = [sys.executable, "-m", "attention_mesh", "dataset", "run", *map(str, sources)]
    start = time.perf_counter()
    subprocess.run([*command, "-o", str(table), "--jobs", str(jobs)], capture_output=True)
    return time.perf_counter() - start


def read(table: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of faces and of the manifest, in their order, without what is of the run."""
    faces = pyarrow.dataset.dataset(table / "faces").to_table().to_pylist()
    manifest = pyarrow.parquet.read_table(table / "manifest.parquet").to_pylist()
    shown = [{name: value for name, value in row.items() if name not in OF_THE_RUN} for row in manifest]
    return sorted(faces, key=lambda row: (row["source"], row["frame"], row["face"])), shown


def main() -> None:
    """Prints a row per table; ends with 1 if they differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--more", type=Path, help="a folder of your own films")
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_sources(folder / "films", options.films)
        sources = [folder / "films", *([options.more] if options.more else [])]
        seconds = {jobs: run(sources, folder / f"table{jobs}", jobs) for jobs in (1, options.jobs)}
        tables = {jobs: read(folder / f"table{jobs}") for jobs in seconds}
    one, several = tables[1], tables[options.jobs]
    states = [row["status"] for row in one[1]]
    counts = ", ".join(f"{states.count(state)} {state}" for state in sorted(set(states)))
    table = markdown_table(
        [
            "processes",
            "sources",
            "frames",
            "rows",
            "seconds",
            "rows that differ",
            "manifest rows that differ",
        ],
        [
            [
                str(jobs),
                str(len(manifest)),
                str(sum(row["frames"] for row in manifest)),
                str(len(faces)),
                f"{seconds[jobs]:.1f}",
                str(differences(one[0], faces)),
                str(differences(one[1], manifest)),
            ]
            for jobs, (faces, manifest) in tables.items()
        ],
    )
    text = (
        f"# The table of several processes and of one\n\nMade by `python benchmarks/dataset_processes.py`. "
        f"{machine_description()}. {counts}. Every number of every row is compared.\n\n{table}\n"
    )
    print(text)
    if options.output is not None:
        options.output.write_text(text, encoding="utf-8")
    raise SystemExit(one != several)


def differences(first: list[dict[str, Any]], second: list[dict[str, Any]]) -> int:
    """How many rows differ, or are only in one of them."""
    return sum(a != b for a, b in zip(first, second, strict=False)) + abs(len(first) - len(second))


if __name__ == "__main__":
    main()
