"""Live streams over UDP, RTP and RTSP on this machine: opened, told from films, read as they come."""

from __future__ import annotations

import itertools
from pathlib import Path

import cv2
import numpy as np
import pytest

from attention_mesh.media.errors import MediaError
from attention_mesh.media.open_source import open_source
from attention_mesh.media.video_file_source import StreamSource
from attention_mesh.tests.media.live_senders import SDP, SIZE, RtspServer, free_port, sending


def check_live(text: str) -> None:
    """Opens a stream and reads ten frames of it, whose times are those at which they came."""
    with open_source(text) as source:
        assert isinstance(source, StreamSource) and source.live and source.length is None
        frames = list(itertools.islice(source, 10))
    assert [frame.image.shape for frame in frames] == [(SIZE[1], SIZE[0], 3)] * 10
    times = [frame.timestamp_us for frame in frames]
    assert times == sorted(set(times))


@pytest.mark.parametrize(("scheme", "container"), [("udp", "mpegts"), ("rtp", "rtp_mpegts")])
def test_mpeg_ts_over_udp_and_rtp_is_live(scheme, container):
    url = f"{scheme}://127.0.0.1:{free_port()}"
    with sending(f"{url}?pkt_size=1316", container):
        check_live(url)


@pytest.mark.parametrize("over", ["tcp", "udp"])
def test_rtsp_is_live_whichever_transport_the_camera_has(over):
    server = RtspServer(over)
    try:
        with sending(f"rtp://127.0.0.1:{server.rtp_port}", "rtp"):
            check_live(server.url)
    finally:
        server.close()


def test_an_sdp_file_opens_the_rtp_stream_that_it_describes(tmp_path: Path):
    port = free_port()
    file = tmp_path / "camera.sdp"
    file.write_text(SDP.format(port=port))
    with sending(f"rtp://127.0.0.1:{port}", "rtp"):
        check_live(str(file))


def test_rtp_without_its_description_asks_for_the_sdp_file():
    url = f"rtp://127.0.0.1:{free_port()}"
    with sending(url, "rtp"), pytest.raises(MediaError, match=r"only an SDP file .* give that file"):
        open_source(url)


def test_a_camera_that_has_no_such_stream_is_an_error_that_says_so():
    server = RtspServer("neither")  # refuses both transports
    try:
        with pytest.raises(MediaError, match=r"it cannot be opened: [A-Z][\w ]+\.$"):
            open_source(server.url)
    finally:
        server.close()


def test_a_scheme_without_a_library_says_how_to_relay_it():
    with pytest.raises(MediaError) as raised:
        open_source("srt://127.0.0.1:9")
    text = str(raised.value)
    if "does not know" not in text:
        pytest.skip("this PyAV has SRT")
    assert "the scheme srt://. Relay it: ffmpeg -i URL -c copy -f mpegts udp://127.0.0.1:5000" in text


def test_a_recording_of_motion_jpeg_is_a_film(tmp_path: Path):
    jpeg = cv2.imencode(".jpg", np.full((48, 64, 3), 128, np.uint8))[1].tobytes()
    part = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg) + jpeg + b"\r\n"
    film = tmp_path / "film.mjpeg"
    film.write_bytes(8 * part)
    with open_source(str(film)) as source:
        assert not source.live and len(list(source)) == 8
