"""Fixtures of the tests of datasets: a folder of short films and photos, and the table of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pyarrow.dataset
import pytest

from attention_mesh.datasets.run import run_dataset
from attention_mesh.datasets.sources import find_sources


def write_film(path: Path, pictures: list[np.ndarray], fps: int = 25) -> None:
    """Writes RGB pictures as a film."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", fps, options={"preset": "ultrafast"})
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


def read_table(folder: Path) -> list[dict[str, Any]]:
    """All rows of a table, in the order of sources, frames and faces."""
    rows = pyarrow.dataset.dataset(folder / "faces").to_table().to_pylist()
    return sorted(rows, key=lambda row: (row["source"], row["frame"], row["face"]))


@pytest.fixture(scope="session")
def media_folder(tmp_path_factory, astronaut: np.ndarray) -> Path:
    """Five films with a face, one without, one that is broken; two photos with a face, one that is broken."""
    folder = tmp_path_factory.mktemp("media")
    face = cv2.resize(astronaut[:256, 96:352], (192, 192), interpolation=cv2.INTER_AREA)
    for number in range(5):
        shifts = [(number + 1) * step for step in range(8)]
        write_film(folder / f"ward {number % 2}/film{number}.mp4", [np.roll(face, s, axis=1) for s in shifts])
    write_film(folder / "ward 1/empty.mp4", [np.full_like(face, 90)] * 4)
    whole = (folder / "ward 0/film0.mp4").read_bytes()
    (folder / "ward 1/broken.mp4").write_bytes(whole[: len(whole) // 3])
    for name in ("a.png", "b.jpg"):
        cv2.imwrite(str(folder / name), face[:, :, ::-1])
    (folder / "c.jpg").write_bytes(b"no picture")
    (folder / "notes.md").write_text("no source")
    return folder


@pytest.fixture(scope="session")
def table(media_folder: Path, tmp_path_factory) -> Path:
    """The table that one process makes of the folder."""
    folder = tmp_path_factory.mktemp("tables") / "one"
    run_dataset(find_sources(str(media_folder)), folder)
    return folder
