"""Ctrl-C during `attention-mesh run`: the outputs are whole, whenever and however often it comes."""

import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from attention_mesh.tests.cli.run.output_files import frame_count, rows

LIMITED_INPUT = '  input_stream: "IMAGE:limited"'
LIMITER = """
node {
  calculator: "FlowLimiterCalculator"
  input_stream: "frames"
  input_stream: "FINISHED:inverted"
  input_stream_info { tag_index: "FINISHED" back_edge: true }
  output_stream: "limited"
}
"""

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals"),
    pytest.mark.usefixtures("default_signals"),
]


@contextmanager
def running(*arguments):
    """Starts the command as a process, which is killed at the end."""
    command = [sys.executable, "-m", "attention_mesh", "run", *map(str, arguments)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for_lines(path, count):
    """Waits until a text file has at least this many lines."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if path.exists() and path.read_text().count("\n") >= count:
            return
        time.sleep(0.02)
    raise AssertionError(f"{path} has not got {count} lines")


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_keeps_a_valid_part_and_decides_the_exit_code(clip, tmp_path, user_graph, name, code):
    outputs = [tmp_path / name for name in ("out.mp4", "out.parquet", "out.csv")]
    files = [part for path in outputs for part in ("-o", path)]
    with running("-i", clip, *user_graph, "--side-packet", "delay_s=0.3", *files) as process:
        wait_for_lines(outputs[2], 2)
        process.send_signal(getattr(signal, name))
        _, text = process.communicate(timeout=120)
    assert process.returncode == code, text
    assert "stopped by the user" in text and "Traceback" not in text
    table = rows(outputs[2])
    assert 1 <= len(table) < 20
    assert frame_count(outputs[0]) == len(table)
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is in the dev extra")
    assert parquet.read_table(outputs[1]).num_rows == len(table)


def test_outputs_whose_folder_is_deleted_meanwhile_are_errors(clip, tmp_path, user_graph):
    folder = tmp_path / "results"
    names = ["out.csv", "out.mp4", "out.jsonl", "out.mkv", "pictures/"]
    files = [part for name in names for part in ("-o", f"{folder}/{name}")]
    kept = tmp_path / "kept.csv"
    with running("-i", clip, *user_graph, "--side-packet", "delay_s=0.1", *files, "-o", kept) as process:
        wait_for_lines(folder / "out.csv", 3)
        shutil.rmtree(folder)
        _, text = process.communicate(timeout=120)
    assert process.returncode == 1, text
    errors = [line for line in text.splitlines() if "results" in line and "deleted" in line]
    assert len(errors) == len(names) and all(
        any(name.rstrip("/") in line for line in errors) for name in names
    )
    assert "Traceback" not in text and len(rows(kept)) == 20 and not folder.exists()


def test_ctrl_c_again_and_again_keeps_what_was_written(clip, tmp_path, user_graph):
    outputs = [tmp_path / name for name in ("out.mp4", "out.csv")]
    files = [part for path in outputs for part in ("-o", path)]
    with running("-i", clip, *user_graph, "--side-packet", "delay_s=0.3", *files) as process:
        wait_for_lines(outputs[1], 2)
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            process.send_signal(signal.SIGINT)
            time.sleep(0.05)
        _, text = process.communicate(timeout=120)
    assert process.returncode == 130, text
    assert "stopped by the user" in text and "Traceback" not in text
    assert 1 <= frame_count(outputs[0]) == len(rows(outputs[1])) < 20


@pytest.mark.parametrize(
    ("scheduler", "name", "code"),
    [("pool", "SIGINT", 130), ("caller", "SIGINT", 130), ("pool", "SIGTERM", 143)],
)
def test_a_second_signal_does_not_wait_for_a_node_that_blocks(
    clip, tmp_path, user_graph, scheduler, name, code
):
    graph = list(user_graph)
    if scheduler == "caller":  # a graph that limits the flow runs on the thread that feeds it
        graph[1] = tmp_path / "limited.pbtxt"
        text = Path(user_graph[1]).read_text().replace('  input_stream: "IMAGE:frames"', LIMITED_INPUT)
        graph[1].write_text(text + LIMITER)
    outputs = [tmp_path / name for name in ("out.mp4", "out.csv")]
    files = [part for path in outputs for part in ("-o", path)]
    blocks = ["--side-packet", "delay_s=600", "--side-packet", "delay_from_us=120000"]
    with running("-i", clip, *graph, *blocks, *files) as process:
        wait_for_lines(outputs[1], 4)
        process.send_signal(getattr(signal, name))
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=0.5)  # the first waits for the frames in flight
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            process.send_signal(getattr(signal, name))  # two at the same time count as one
            time.sleep(0.3)
        _, text = process.communicate(timeout=120)
    assert process.returncode == code, text
    assert "stopped by the user after 3 frames" in text and "Traceback" not in text
    assert frame_count(outputs[0]) == len(rows(outputs[1])) == 3
