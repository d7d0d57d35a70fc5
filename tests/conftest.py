"""Fixtures that every test may ask for."""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, settings

REPOSITORY = Path(__file__).resolve().parents[1]
PEER_IMAGE_NODES = Path(__file__).parent / "peer_programs" / "image_nodes.py"

# How long an example takes tells of the machine and what else it does, not of the code.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first, so that no worker is left alone with one of them at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture
def start_processes(
    default_signals: None,
) -> Iterator[Callable[[list[str], int], list[subprocess.Popen[str]]]]:
    """Starts a command several times, with pipes. What still runs after the test is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(command: list[str], count: int) -> list[subprocess.Popen[str]]:
        pipe = subprocess.PIPE
        processes = [
            subprocess.Popen(command, stdout=pipe, stderr=pipe, encoding="utf-8") for _ in range(count)
        ]
        started.extend(processes)
        return processes

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder with the development data: photos, videos and the official runtime's landmarks on them.

    It is not part of the repository: `ATTENTION_MESH_TEST_DATA` names it, else `../shared/data` beside
    the checkout is tried. A test that asks for it is skipped, with that reason, where neither is there.
    """
    named = os.environ.get("ATTENTION_MESH_TEST_DATA")
    folder = Path(named) if named else REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no development data at {folder}; ATTENTION_MESH_TEST_DATA names the folder")
    return folder


@pytest.fixture
def default_signals() -> Iterator[None]:
    """Lets programs that the test starts begin with the default SIGINT, SIGTERM and SIGHUP.

    A shell ignores SIGINT in a program that it starts in the background, and nohup ignores SIGHUP. A child
    inherits an ignored signal, but not a handler. So while the test runs, pytest handles such a signal with a
    function that does nothing: pytest still ignores the signal, and its children do not.
    """
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    ignored = [number for number in numbers if signal.getsignal(number) == signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, lambda *_: None)
    yield
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)


@pytest.fixture
def file_size_limit() -> Callable[[int], contextlib.AbstractContextManager[None]]:
    """A context in which no file of this process may grow beyond so many bytes.

    What goes beyond fails with "File too large", much as a full disk fails; a test's own log does as well.
    """
    resource = pytest.importorskip("resource", reason="needs POSIX limits")

    @contextlib.contextmanager
    def limited(size: int) -> Iterator[None]:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    return limited


@pytest.fixture(scope="session")
def astronaut() -> np.ndarray:
    """(512, 512, 3) uint8 RGB, read-only: scikit-image's portrait of Eileen Collins, one frontal face.

    The file lies inside the scikit-image wheel, so no network is needed. Read-only, because one array
    serves the whole session: a test that draws on it takes a copy.
    """
    data = pytest.importorskip("skimage.data", reason="scikit-image is in the dev extra")
    image = np.ascontiguousarray(data.astronaut())
    image.flags.writeable = False
    return image


@pytest.fixture(scope="session")
def peer_python() -> Path:
    """Python with mediapipe 0.10.21: ATTENTION_MESH_PEER_PYTHON, else .venv-mediapipe beside the package."""
    named = os.environ.get("ATTENTION_MESH_PEER_PYTHON")
    python = Path(named) if named else REPOSITORY / ".venv-mediapipe" / "bin" / "python"
    if not python.exists():
        pytest.skip(f"no Python with mediapipe 0.10.21 at {python}; `make peer` makes it")
    return python


@pytest.fixture
def peer_images(peer_python: Path, tmp_path: Path):
    """Runs one node a case in MediaPipe: (node text, text of a RenderData or "", image) → image."""

    def run(cases: list[tuple[str, str, np.ndarray]]) -> list[np.ndarray]:
        texts = json.dumps([case[:2] for case in cases])
        images = {f"image{index}": case[2] for index, case in enumerate(cases)}
        np.savez(tmp_path / "cases.npz", cases=texts, **images)
        command = [peer_python, PEER_IMAGE_NODES, tmp_path / "cases.npz", tmp_path / "official.npz"]
        result = subprocess.run(command, capture_output=True, text=True)
        assert result.returncode == 0, result.stderr
        with np.load(tmp_path / "official.npz") as official:
            return [official[f"image{index}"] for index in range(len(cases))]

    return run


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


@pytest.fixture
def display() -> Iterator[str]:
    """A display that no one sees, for tests of windows; skipped if Xvfb is not installed.

    Every test gets its own. -noreset: a server that resets after its last client refuses the next one for a
    moment.
    """
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1024x768x24", "-noreset", "-ac"]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.PIPE, text=True) as server:
        os.close(write)
        with open(read) as number:
            name = number.readline().strip()
        if not name:
            pytest.fail(f"Xvfb did not start: {server.communicate()[1]}")
        yield f":{name}"
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


@pytest.fixture(scope="session")
def opened_face() -> Callable[[float], np.ndarray]:
    """Makes the reference face (478, 3), about cm, with the jaw fallen by so many cm.

    Lower lip and chin move down and back, the corners of the mouth 0.4 of that.
    """
    from attention_mesh.models.inference.blendshape_network import reference_face
    from attention_mesh.models.topology.landmark_groups import landmark_groups
    from attention_mesh.models.topology.refinement import region_landmarks

    points, groups = reference_face().points, landmark_groups()
    right, left = points[groups["mouth_corners"]]
    middle_y = points[groups["inner_lip_middles"], 1].mean()
    away = (np.abs(points[:, 0]) / (0.5 * (left[0] - right[0]))).clip(0, 1)
    lips, low_lip = region_landmarks()["lips"], groups["lower_inner_lip"]
    is_lower = points[:, 1] < middle_y - 0.1  # cm; the inner ring, where lips touch, is named instead
    share = np.where(is_lower, np.clip((middle_y - points[:, 1]) / 1.5, 0, 0.85), 0)
    share[lips] = np.where(is_lower, 1 - 0.6 * away**2, 0.4 * away**2)[lips]
    share[low_lip] = 1 - 0.6 * away[low_lip] ** 2
    return lambda by_cm: points + share[:, None] * by_cm * np.array([0, -1, -0.6])
