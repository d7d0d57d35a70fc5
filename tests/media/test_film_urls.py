"""Films and streams at URLs: what was opened decides whether it is a film or live."""

from __future__ import annotations

import http.server
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from attention_mesh.media.errors import MediaError
from attention_mesh.media.open_source import open_source
from attention_mesh.media.video_file_source import StreamSource, VideoFileSource
from attention_mesh.tests.media.film_files import write_film

TIMES_MS = [0, 40, 100, 120, 300, *range(340, 2000, 40)]


class Files(http.server.BaseHTTPRequestHandler):
    """Serves the files of `folder`: "/ranges/…" whole or in part, "/whole/…" whole only, "/chunks/…" without
    their length."""

    folder: Path
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        _, way, name = self.path.split("/", 2)
        path = self.folder / name
        if not path.is_file():
            self.send_error(404)
            return
        data = path.read_bytes()
        found = re.match(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if way == "ranges" and found:
            start, end = int(found[1]), int(found[2] or len(data) - 1)
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{end}/{len(data)}")
            data = data[start : end + 1]
        else:
            self.send_response(200)
        self.send_header("Connection", "close")
        if way != "chunks":
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        try:
            self.wfile.write(data)
        except OSError:  # the reader seeks elsewhere
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def server(tmp_path) -> Iterator[str]:
    handler = type("Here", (Files,), {"folder": tmp_path})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("way", ["ranges", "whole", "chunks"])
def test_a_closed_source_ends_its_iteration_without_an_error(tmp_path, server, way):
    write_film(tmp_path / "film.ts", [*range(0, 4000, 40)])
    source = open_source(f"{server}/{way}/film.ts")
    frames = iter(source)
    next(frames)
    source.close()
    assert len(list(frames)) <= 1  # one may have been decoded ahead


@pytest.mark.parametrize("way", ["ranges", "whole", "chunks"])
@pytest.mark.parametrize("kind", ["end.mp4", "begin.mp4", "film.mkv", "film.ts"])
def test_a_film_at_a_url_is_read_whole_with_its_own_times(tmp_path, server, way, kind):
    options = {"movflags": "faststart"} if kind == "begin.mp4" else {}
    write_film(tmp_path / kind, TIMES_MS, options=options)
    if way == "chunks" and kind == "film.ts":
        pytest.skip("neither length nor size is known: this is a live stream")
    with open_source(f"{server}/{way}/{kind}") as source:
        assert isinstance(source, VideoFileSource) and not source.live
        times = [round(frame.timestamp_us / 1000) for frame in source]
    assert times == TIMES_MS


def test_what_has_neither_length_nor_size_is_live(tmp_path, server):
    write_film(tmp_path / "film.ts", TIMES_MS)
    with open_source(f"{server}/chunks/film.ts") as source:
        assert isinstance(source, StreamSource) and source.live and source.length is None


def test_hls_that_has_an_end_is_a_film(tmp_path, server):
    options = {"hls_time": "0.4", "hls_playlist_type": "vod"}
    write_film(tmp_path / "film.m3u8", options=options)
    with open_source(f"{server}/ranges/film.m3u8") as source:
        assert not source.live and len(list(source)) == 20
    text = (tmp_path / "film.m3u8").read_text()
    (tmp_path / "live.m3u8").write_text(
        text.replace("#EXT-X-ENDLIST", "").replace("#EXT-X-PLAYLIST-TYPE:VOD", "")
    )
    with open_source(f"{server}/ranges/live.m3u8") as source:
        assert source.live


def test_a_cameras_motion_jpeg_is_live(network_camera):
    with open_source(network_camera) as source:
        assert isinstance(source, StreamSource) and source.live
        frames = []
        with pytest.raises(MediaError, match="no more pictures after 12 frames"):
            frames.extend(source)
    assert len(frames) == 12
    levels = [float(frame.image[..., 0].mean()) for frame in frames]
    assert levels == pytest.approx([16 * index for index in range(12)], abs=4)  # the loss of JPEG


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:9/a.mp4", "Connection refused"),
        ("nosuch://127.0.0.1/a.mp4", "the installed PyAV does not know the scheme nosuch://"),
    ],
)
def test_what_cannot_be_opened_is_an_error_that_says_why(url, reason):
    with pytest.raises(MediaError, match=f"{url}: it cannot be opened: {reason}"):
        open_source(url)


def test_a_film_that_is_not_there_is_an_error(server):
    with pytest.raises(MediaError, match=r"absent\.mp4: it cannot be opened: .*404"):
        open_source(f"{server}/ranges/absent.mp4")


class Silent(http.server.BaseHTTPRequestHandler):
    """Sends the first half of the film `data`, and then nothing more."""

    data: bytes
    released: threading.Event

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.data)))
        self.end_headers()
        self.wfile.write(self.data[: len(self.data) // 2])
        self.wfile.flush()
        self.released.wait(30)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def test_a_film_can_be_closed_while_its_server_keeps_silent(tmp_path):
    noise = np.random.default_rng(1).integers(0, 255, (200, 48, 64, 3), np.uint8)
    film = write_film(tmp_path / "a.mkv", [*range(0, 8000, 40)], pictures=list(noise))
    released = threading.Event()
    handler = type("Here", (Silent,), {"data": film.read_bytes(), "released": released})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        source = open_source(f"http://127.0.0.1:{server.server_port}/a.mkv")
        frames: list[object] = []
        failures: list[Exception] = []

        def read() -> None:
            try:
                frames.extend(source)
            except MediaError as error:
                failures.append(error)

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        deadline, count = time.monotonic() + 20, -1
        while time.monotonic() < deadline and len(frames) != count:  # until no more come
            count = len(frames)
            time.sleep(0.5)
        assert 20 < count < 200 and reader.is_alive()
        begin = time.monotonic()
        source.close()
        assert time.monotonic() - begin < 1  # s
        released.set()
        reader.join(timeout=120)
        assert not reader.is_alive() and not failures
        server.shutdown()
