"""Everything on docs/worked_example.md runs, in the page's order, and does what the page says."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from attention_mesh.tools.worked_example_pictures import DOCS, write_page_files, write_portrait

PAGE = (DOCS / "worked_example.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(sh|python)\n(?!# [\w.]+\n)(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the page's commands are a shell's")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The reader's folder after the page, and what each block printed.

    This takes half a minute, for the whole way of a newcomer: eight programs, of which each starts anew.
    """
    pytest.importorskip("skimage", reason="scikit-image is in the dev extra")
    folder = tmp_path_factory.mktemp("reader")
    write_page_files(folder)
    write_portrait(folder / "portrait.mp4", size=256)
    programs = f'attention-mesh() {{ "{sys.executable}" -m attention_mesh "$@"; }}\n'
    programs += f'python() {{ "{sys.executable}" "$@"; }}\n'
    frame = "import cv2; frame = cv2.VideoCapture('portrait.mp4').read()[1][..., ::-1].copy()\n"
    printed = []
    for language, block in BLOCKS:
        command = ["bash", "-e", "-c", programs + block]
        if language == "python":
            command = [sys.executable, "-c", frame + block]
        run = subprocess.run(
            command,
            cwd=folder,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=200,
        )
        assert run.returncode == 0, block + run.stdout + run.stderr
        printed.append(run.stdout)
    return folder, printed


def test_the_page_has_a_block_for_each_step(done: tuple[Path, list[str]]) -> None:
    """Check and show, run, read the table, test, bench, use in a program."""
    assert [language for language, _ in BLOCKS] == ["sh", "sh", "python", "sh", "sh", "python"]
    shown, _, table, tested, benched, program = done[1]
    assert shown.startswith("blinks.pbtxt: fit to run") and "FaceMesh (FaceMesh, a subgraph" in shown
    assert re.match(r"3 blinks, eyes closed in \d+ of 100 frames", table)
    assert "1 passed" in tested
    assert "blinks 50" in benched and "BlinkCounterCalculator" in benched
    assert program.splitlines()[0] == "0 [0]" and "BlinkCounterCalculator" in program


def test_the_film_shows_the_count_and_the_table_has_it(done: tuple[Path, list[str]]) -> None:
    with open(done[0] / "blinks.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    counts = [int(row["blinks"]) for row in rows]
    assert counts == sorted(counts) and counts[-1] == 3
    assert {"opening", "nose_tip_x"} <= rows[0].keys() and "x0" not in rows[0]
    assert all(float(row["score"]) > 0.9 for row in rows)
    capture = cv2.VideoCapture(str(done[0] / "blinks.mp4"))
    frames = []
    while (frame := capture.read()[1]) is not None:
        frames.append(frame.astype(int))
    assert len(frames) == 100
    # The plate above the face is yellow, which the photo has nowhere.
    yellow = [np.count_nonzero((f[..., 2] > 200) & (f[..., 0] < 150) & (f[..., 1] > 150)) for f in frames]
    assert min(yellow) > 200, "px"


def test_the_trace_has_every_call_of_the_counter(done: tuple[Path, list[str]]) -> None:
    events = json.loads((done[0] / "trace.json").read_text())["traceEvents"]
    calls = [e for e in events if e["name"] == "BlinkCounterCalculator" and e["cat"] == "process"]
    assert len(calls) == 50


def test_the_pages_picture_shows_the_pages_graph(done: tuple[Path, list[str]]) -> None:
    drawn = (done[0] / "blinks.svg").read_text(encoding="utf-8")
    assert drawn.count("<rect") - 1 == 5 + 1 + 6, "five nodes, one input, six outputs"
    committed = (DOCS / "worked_example.svg").read_text(encoding="utf-8")
    assert committed == drawn, "run tools/worked_example_pictures.py"
