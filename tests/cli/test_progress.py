"""Progress bars: drawn by the thread that reports, at most ten times per second, and at the end."""

import io
import threading
import time

import pytest
from rich.console import Console

from attention_mesh.cli import progress
from attention_mesh.cli.progress import frame_progress, job_progress
from attention_mesh.cli.run.run_progress import run_progress


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 100.0

    monkeypatch.setattr(time, "monotonic", lambda: Clock.now)
    return Clock


def terminal():
    return Console(file=io.StringIO(), force_terminal=True, width=80, _environ={"TERM": "xterm"})


def test_no_thread_is_started():
    threads = set(threading.enumerate())
    with frame_progress(terminal(), 3, "clip.mp4") as update:
        update(1)
        assert set(threading.enumerate()) == threads


def test_a_report_draws_the_bar(clock):
    console = terminal()
    with frame_progress(console, 40, "clip.mp4") as update:
        update(17)
        assert "17/40" in console.file.getvalue()


def test_reports_in_quick_succession_draw_it_once(clock):
    console = terminal()
    with frame_progress(console, 40, "clip.mp4") as update:
        for frame in range(1, 18):
            update(frame)
            clock.now += progress._PERIOD_S / 100
        text = console.file.getvalue()
        assert "1/40" in text and "17/40" not in text
        clock.now += progress._PERIOD_S
        update(17)
        assert "17/40" in console.file.getvalue()


def test_the_last_state_is_drawn_at_the_end(clock):
    console = terminal()
    with frame_progress(console, 40, "clip.mp4") as update:
        update(1)
        update(40)
    assert "40/40" in console.file.getvalue()


def test_a_display_that_is_taken_back_is_erased():
    console = terminal()
    with frame_progress(console, 40, "clip.mp4") as update:
        update(0)
        update(None)
    erase_line = "\x1b[1A\x1b[2K"
    assert "0/40" in console.file.getvalue() and console.file.getvalue().endswith(erase_line)


def test_where_there_is_no_terminal_a_job_prints_a_line_now_and_then(clock, capsys):
    with job_progress("steps", 100) as update:
        update.say("compiling")
        for step in range(1, 101):
            clock.now += 1
            update(step, f"loss {step % 7}")
    lines = capsys.readouterr().err.splitlines()
    assert lines[:2] == ["compiling", "steps 10/100, 0:10, 1:30 left, loss 3"]
    assert lines[-1] == "steps 100/100, 1:40, loss 2" and len(lines) == 11


def test_where_there_is_no_terminal_a_film_prints_a_line_now_and_then_and_one_at_the_end(clock, capsys):
    with run_progress(300, "clip.mp4") as update:
        for frame in range(1, 301):
            clock.now += 0.125
            update(frame)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "clip.mp4: frame 80/300, 0:10, 0:28 left"
    assert lines[-1] == "clip.mp4: 300/300 frames, 8.0 fps" and len(lines) == 4


def test_where_nobody_knows_the_length_the_lines_tell_no_remaining_time(clock, capsys):
    with run_progress(None, "camera 0") as update:
        for frame in range(1, 121):
            clock.now += 0.125
            update(frame)
    assert capsys.readouterr().err.splitlines() == [
        "camera 0: frame 80, 0:10",
        "camera 0: 120 frames, 8.0 fps",
    ]
