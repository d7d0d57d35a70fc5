"""Fixtures of the tests of datasets: a folder of short films and photos, and the table of them."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

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


class Bucket:
    """A bucket of a server that speaks S3 over HTTP."""

    def __init__(self, endpoint: str, name: str) -> None:
        self.url = f"s3://{name}"
        self._http = f"{endpoint}/{name}"
        self._ask("", "PUT")

    def put(self, key: str, content: bytes) -> None:
        self._ask(f"/{quote(key)}", "PUT", content)

    def get(self, key: str) -> bytes:
        return self._ask(f"/{quote(key)}")

    def delete(self, key: str) -> None:
        self._ask(f"/{quote(key)}", "DELETE")

    def keys(self) -> list[str]:
        return re.findall("<Key>(.*?)</Key>", self._ask("?list-type=2").decode())

    def forbid(self, key: str) -> None:
        """From now on, nobody may read an object."""
        resource = f"arn:aws:s3:::{self.url[5:]}/{key}"
        rule = {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": resource}
        self._ask("?policy", "PUT", json.dumps({"Version": "2012-10-17", "Statement": [rule]}).encode())

    def _ask(self, path: str, method: str = "GET", content: bytes | None = None) -> bytes:
        key = (
            "AWS4-HMAC-SHA256 Credential=test/20300101/us-east-1/s3/aws4_request, SignedHeaders=, Signature="
        )
        headers = {"Authorization": key, "Content-Type": "application/octet-stream"}
        request = Request(self._http + path, content, headers, method=method)
        with urlopen(request, timeout=20) as answer:
            return answer.read()


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """A server that stands in for S3, and the environment in which pyarrow finds it."""
    from moto.server import ThreadedMotoServer

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    endpoint = f"http://127.0.0.1:{port}"
    with pytest.MonkeyPatch.context() as environment:
        for name, value in {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }.items():
            environment.setenv(name, value)
        yield endpoint
    server.stop()


@pytest.fixture
def bucket(s3_endpoint: str, request: pytest.FixtureRequest) -> Bucket:
    """A bucket of its own for the test."""
    return Bucket(s3_endpoint, request.node.name.split("[")[0].replace("_", "-")[5:60].strip("-"))
