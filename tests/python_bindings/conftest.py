"""Clips and graphs that the tests of the Python API and the command line share."""

from __future__ import annotations

import http.server
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

CALCULATOR = '''
import time

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks


@calculator
class InvertCalculator(Calculator):
    """Inverts the picture; five landmarks at its mean brightness. Fails or dawdles when told to."""

    image = Input("IMAGE", np.ndarray)
    inverted = Output("IMAGE", np.ndarray)
    points = Output("LANDMARKS", NormalizedLandmarks)
    fail_from_us = SideInput("FAIL_FROM_US", int, optional=True)
    delay_s = SideInput("DELAY_S", float, optional=True)
    delay_from_us = SideInput("DELAY_FROM_US", int, optional=True)

    def process(self):
        if self.fail_from_us.value is not None and self.timestamp >= self.fail_from_us.value:
            raise ValueError("told to fail")
        if self.timestamp >= (self.delay_from_us.value or 0):
            time.sleep(self.delay_s.value or 0)
        self.inverted.send(255 - self.image.value)
        level = self.image.value.mean() / 255
        self.points.send(NormalizedLandmarks(np.full((1, 5, 3), level, np.float32)))
'''

GRAPH = """
input_stream: "IMAGE:frames"
output_stream: "IMAGE:inverted"
output_stream: "LANDMARKS:points"
input_side_packet: "FAIL_FROM_US:fail_from_us"
input_side_packet: "DELAY_S:delay_s"
input_side_packet: "DELAY_FROM_US:delay_from_us"
node {
  calculator: "InvertCalculator"
  input_stream: "IMAGE:frames"
  output_stream: "IMAGE:inverted"
  output_stream: "LANDMARKS:points"
  input_side_packet: "FAIL_FROM_US:fail_from_us"
  input_side_packet: "DELAY_S:delay_s"
  input_side_packet: "DELAY_FROM_US:delay_from_us"
}
"""


def write_clip(path: Path, image: np.ndarray, frames: int, fps: float = 30.0, codec: str = "mp4v") -> Path:
    """Writes `image` ((H, W, 3) uint8 RGB) as a video, moved 4 px to the right a frame."""
    height, width = image.shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*codec), fps, (width, height))
    assert writer.isOpened()
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    for index in range(frames):
        writer.write(np.roll(bgr, 4 * index, axis=1))
    writer.release()
    return path


@pytest.fixture(scope="session")
def clip(astronaut: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An MP4 of the astronaut: 512x512, 20 frames at 25 fps."""
    return write_clip(tmp_path_factory.mktemp("clip") / "astronaut.mp4", astronaut, 20, fps=25.0)


@pytest.fixture(scope="session")
def user_graph(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Command line options that choose a user's own graph and calculator, which need no weights."""
    folder = tmp_path_factory.mktemp("user_graph")
    (folder / "invert.py").write_text(CALCULATOR)
    (folder / "invert.pbtxt").write_text(GRAPH)
    return ["--graph", str(folder / "invert.pbtxt"), "--calculators", str(folder / "invert.py")]


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """A display that no one sees, for tests of windows; skipped where Xvfb is not installed."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1024x768x24"]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with open(read) as number:
            yield f":{number.readline().strip()}"
        server.terminate()


class MotionJpeg(http.server.BaseHTTPRequestHandler):
    """Serves 12 pictures as an IP camera does, then hangs up."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        for index in range(12):
            picture = np.full((120, 160, 3), (0, 0, 16 * index), np.uint8)  # BGR
            data = cv2.imencode(".jpg", picture)[1].tobytes()
            head = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(data)
            self.wfile.write(head + data + b"\r\n")
            time.sleep(0.02)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def network_camera() -> Iterator[str]:
    """The URL of a camera that sends 12 pictures of 160x120, red level 16 more each, and goes away."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), MotionJpeg) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/camera.mjpg"
        server.shutdown()
        thread.join()
