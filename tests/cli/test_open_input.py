"""An input whose server says nothing: every signal that stops a program ends the wait."""

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals"),
    pytest.mark.usefixtures("default_signals"),
]


@pytest.fixture
def mute() -> Iterator[tuple[int, threading.Event]]:
    """The port of a server that accepts and says nothing, and what is set when it has accepted."""
    accepted = threading.Event()
    connections = []

    def accept() -> None:
        connections.append(server.accept())
        accepted.set()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1], accepted
        for connection, _ in connections:
            connection.close()


@pytest.mark.parametrize(
    ("scheme", "command", "name", "exit_code"),
    [
        ("http", ["run", "-o", "out.csv"], "SIGINT", 130),
        ("http", ["run", "-o", "out.csv"], "SIGTERM", 143),
        ("http", ["run", "-o", "out.csv"], "SIGHUP", 129),
        ("rtsp", ["run", "-o", "out.csv"], "SIGTERM", 143),
        ("tcp", ["run", "-o", "out.csv"], "SIGTERM", 143),
        ("http", ["bench"], "SIGTERM", 143),
    ],
)
def test_a_signal_ends_the_wait_for_a_server_that_says_nothing(
    tmp_path, mute, scheme, command, name, exit_code
):
    port, accepted = mute
    program = [sys.executable, "-m", "attention_mesh", *command, "-i"]
    with subprocess.Popen(
        [*program, f"{scheme}://127.0.0.1:{port}/film.mp4"], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert accepted.wait(60)
            time.sleep(0.3)  # s; FFmpeg waits for an answer
            begin = time.monotonic()
            process.send_signal(getattr(signal, name))
            _, text = process.communicate(timeout=120)
        finally:
            process.kill()
    assert process.returncode == exit_code and text == ""
    assert time.monotonic() - begin < 5  # s; FFmpeg itself gives up after 20
    assert not (tmp_path / "out.csv").exists()
