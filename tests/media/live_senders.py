"""Senders of live streams on this machine: UDP and RTP by PyAV, and an RTSP server that passes RTP on."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Iterator
from typing import Any

import av
import numpy as np

_FPS = 50
SIZE = (64, 48)
SDP = """v=0
o=- 0 0 IN IP4 127.0.0.1
s=camera
c=IN IP4 127.0.0.1
t=0 0
m=video {port} RTP/AVP 96
a=rtpmap:96 MP4V-ES/90000
a=control:track
"""


def free_port() -> int:
    """An even UDP port of this machine that is free, with the next one."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as first:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            if port % 2:
                continue
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as second, contextlib.suppress(OSError):
                second.bind(("127.0.0.1", port + 1))
                return port


@contextlib.contextmanager
def sending(url: str, container_format: str) -> Iterator[None]:
    """While entered, sends gray pictures of `SIZE` to an address, as a camera does: at their own pace."""
    stopped = threading.Event()

    def send() -> None:
        with av.open(url, "w", format=container_format) as container:
            stream = container.add_stream("mpeg4", rate=_FPS)
            stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
            stream.codec_context.gop_size = 5
            for index in range(60 * _FPS):
                if stopped.wait(1 / _FPS):
                    return
                picture = np.full((SIZE[1], SIZE[0], 3), 16 + 10 * (index % 22), np.uint8)
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
                frame.pts = index
                with contextlib.suppress(OSError):  # nobody listens yet
                    container.mux(stream.encode(frame))

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(10)


class RtspServer:
    """An RTSP server (RFC 2326) of one stream for one client, which passes on RTP that comes to a port.

    Args:
      over: "tcp" sends RTP inside the RTSP connection only, "udp" as datagrams only, "neither" refuses both.
    """

    def __init__(self, over: str) -> None:
        self._over = over
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"rtsp://127.0.0.1:{self._listening.getsockname()[1]}/camera"
        self._rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._rtp.bind(("127.0.0.1", free_port()))
        self.rtp_port: int = self._rtp.getsockname()[1]
        self._client_port = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        connection, _ = self._listening.accept()
        with connection, contextlib.suppress(OSError), connection.makefile("rb") as requests:
            while request := self._read(requests):
                self._answer(connection, request)

    def _read(self, requests: Any) -> str:
        """The text of the next request; empty at the end. RTCP reports of the client are passed over."""
        lines: list[bytes] = []
        while True:
            start = requests.read(1)
            if start == b"$" and not lines:
                requests.read(int.from_bytes(requests.read(3)[1:], "big"))
                continue
            line = start + requests.readline()
            if not line.strip():
                return b"".join(lines).decode()
            lines.append(line)

    def _answer(self, connection: socket.socket, request: str) -> None:
        method = request.split(" ", 1)[0]
        number = re.search(r"CSeq: (\d+)", request)
        status, more, body = "200 OK", "Session: 1\r\n", ""
        if method == "OPTIONS":
            more = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
        elif method == "DESCRIBE":
            body = SDP.format(port=0)
            more = f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n"
        elif method == "SETUP":
            asked = re.search(r"client_port=(\d+)", request)
            if self._over != ("tcp" if "RTP/AVP/TCP" in request else "udp"):
                status = "461 Unsupported Transport"
            elif asked:
                self._client_port = int(asked[1])
                more += f"Transport: RTP/AVP;unicast;client_port={asked[1]};server_port={self.rtp_port}\r\n"
            else:
                more += "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
        cseq = number[1] if number else "0"
        connection.sendall(f"RTSP/1.0 {status}\r\nCSeq: {cseq}\r\n{more}\r\n{body}".encode())
        if method == "PLAY":
            threading.Thread(target=self._pass_on, args=(connection,), daemon=True).start()

    def _pass_on(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                packet = self._rtp.recv(65_536)
                if self._over == "tcp":
                    connection.sendall(b"$\0" + len(packet).to_bytes(2, "big") + packet)
                else:
                    self._rtp.sendto(packet, ("127.0.0.1", self._client_port))

    def close(self) -> None:
        """Ends the server."""
        self._listening.close()
        self._rtp.close()
