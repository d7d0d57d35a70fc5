"""Ctrl-C during `attention-mesh run` on graphs that read and write their files themselves."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from attention_mesh.media.video_file_source import VideoFileSource


@contextlib.contextmanager
def started_graph(folder: Path, name: str, *arguments: str) -> Iterator[subprocess.Popen]:
    """`attention-mesh run` on the graph and calculators `name`, when they have made the file "started"."""
    command = [sys.executable, "-m", "attention_mesh", "run", *arguments]
    command += ["--graph", f"{name}.pbtxt", "--calculators", f"{name}.py"]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not os.path.exists(folder / "started"):
            time.sleep(0.05)
        yield process


@pytest.mark.usefixtures("default_signals")
@pytest.mark.skipif(not hasattr(signal, "SIGINT") or sys.platform == "win32", reason="needs POSIX signals")
def test_ctrl_c_ends_such_a_graph_with_a_video_that_plays(tmp_path):
    (tmp_path / "endless.py").write_text(
        "import time\n"
        "import numpy as np\n"
        "from attention_mesh.framework import Calculator, Output, calculator\n"
        "@calculator\n"
        "class EndlessCalculator(Calculator):\n"
        '    video = Output("VIDEO", np.ndarray)\n'
        "    def open(self):\n"
        "        self.count = 0\n"
        "    def process(self):\n"
        "        time.sleep(0.01)\n"
        "        self.count += 1\n"
        "        self.video.send(np.zeros((48, 64, 3), np.uint8), timestamp=self.count)\n"
        '        open("started", "w").close()\n'
    )
    (tmp_path / "endless.pbtxt").write_text(
        'node { calculator: "EndlessCalculator" output_stream: "VIDEO:video" }\n'
        'node { calculator: "OpenCvVideoEncoderCalculator" input_stream: "VIDEO:video"\n'
        '  input_side_packet: "OUTPUT_FILE_PATH:path" node_options {\n'
        "  [type.googleapis.com/mediapipe.OpenCvVideoEncoderCalculatorOptions] {\n"
        '    codec: "mp4v" video_format: "mp4" fps: 30 width: 64 height: 48 } } }\n'
    )
    with started_graph(tmp_path, "endless", "-o", "out.mp4") as process:
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        _, text = process.communicate(timeout=120)
    assert process.returncode == 130, text
    assert "stopped by the user" in text and "Traceback" not in text
    with VideoFileSource(tmp_path / "out.mp4") as source:
        assert sum(1 for _ in source) > 3


@pytest.mark.usefixtures("default_signals")
@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_what_fails_at_the_end_of_such_a_graph_is_told_after_ctrl_c(tmp_path):
    (tmp_path / "failing.py").write_text(
        "import time\n"
        "from attention_mesh.framework import Calculator, Output, calculator\n"
        "@calculator\n"
        "class FailingEndCalculator(Calculator):\n"
        '    number = Output("NUMBER", int)\n'
        "    def process(self):\n"
        '        open("started", "w").close()\n'
        "        time.sleep(0.01)\n"
        "    def close(self):\n"
        '        raise ValueError("no space left")\n'
    )
    (tmp_path / "failing.pbtxt").write_text(
        'node { calculator: "FailingEndCalculator" output_stream: "NUMBER:n" }'
    )
    with started_graph(tmp_path, "failing") as process:
        process.send_signal(signal.SIGINT)
        _, text = process.communicate(timeout=120)
    assert process.returncode == 130, text
    assert "no space left" in text and "complete" not in text and "Traceback" not in text


@pytest.mark.usefixtures("default_signals")
@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_a_second_ctrl_c_ends_such_a_graph_though_a_node_blocks(tmp_path):
    (tmp_path / "blocking.py").write_text(
        "import time\n"
        "import numpy as np\n"
        "from attention_mesh.framework import Calculator, Output, calculator\n"
        "@calculator\n"
        "class BlockingCalculator(Calculator):\n"
        '    video = Output("VIDEO", np.ndarray)\n'
        "    def process(self):\n"
        '        open("started", "w").close()\n'
        "        time.sleep(600)\n"
    )
    (tmp_path / "blocking.pbtxt").write_text(
        'node { calculator: "BlockingCalculator" output_stream: "VIDEO:v" }'
    )
    with started_graph(tmp_path, "blocking") as process:
        try:
            deadline = time.monotonic() + 60
            while process.poll() is None and time.monotonic() < deadline:
                process.send_signal(signal.SIGINT)  # two at the same time count as one
                time.sleep(0.3)
            _, text = process.communicate(timeout=120)
        finally:
            process.kill()
    assert process.returncode == 130, text
    assert "a node of the graph did not return" in text and "Traceback" not in text
