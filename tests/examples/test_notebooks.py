"""The notebooks of examples/ run from their first cell to the last, and do what they say."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))


def execute(name: str, folder: Path, changes: dict[str, str] | None = None) -> str:
    """Runs a notebook in `folder`, after changes of its text; returns what it prints, and its pictures."""
    nbclient = pytest.importorskip("nbclient", reason="nbclient is in the dev extra")
    nbformat = pytest.importorskip("nbformat", reason="nbclient brings nbformat")
    pytest.importorskip("ipykernel", reason="ipykernel is in the dev extra")
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    for before, after in (changes or {}).items():
        assert before in text
        text = text.replace(before, after)
    notebook = nbformat.reads(text, as_version=4)
    where = {"metadata": {"path": str(folder)}}
    nbclient.NotebookClient(notebook, timeout=280, kernel_name="python3", resources=where).execute()
    outputs: list[Any] = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    texts = [output.get("text", "") for output in outputs if output.get("name") != "stderr"]
    return "".join(texts) + "picture\n" * sum("image/jpeg" in output.get("data", {}) for output in outputs)


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_notebooks_are_committed_without_outputs(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert '"outputs": []' in text and '"output_type"' not in text and len(text) < 20_000


def test_there_are_the_two_notebooks() -> None:
    assert [file.stem for file in NOTEBOOKS] == ["photo_to_landmarks", "train_on_your_photos"]


def test_a_photo_becomes_landmarks_a_drawing_and_a_table(tmp_path: Path, astronaut: np.ndarray) -> None:
    cv2.imwrite(str(tmp_path / "photo.jpg"), cv2.cvtColor(astronaut, cv2.COLOR_RGB2BGR))
    printed = execute("photo_to_landmarks.ipynb", tmp_path)
    assert "1 faces" in printed and "(1, 478, 3)" in printed and printed.count("picture") == 2
    with open(tmp_path / "landmarks.csv", newline="", encoding="utf-8") as file:
        rows = {row["landmark"]: row for row in csv.DictReader(file)}
    assert abs(float(rows["nose_tip"]["x"]) - 221) < 6 and abs(float(rows["nose_tip"]["y"]) - 131) < 6, "px"


@pytest.mark.slow
def test_a_network_is_trained_on_photos_and_runs(tmp_path: Path, astronaut: np.ndarray) -> None:
    """Slow, because Keras builds the network and trains two steps; nothing else runs the notebook."""
    pytest.importorskip("tensorflow", reason="tensorflow is in the dev extra")
    (tmp_path / "photos").mkdir()
    cv2.imwrite(str(tmp_path / "photos" / "a.png"), cv2.cvtColor(astronaut, cv2.COLOR_RGB2BGR))
    printed = execute("train_on_your_photos.ipynb", tmp_path, {"steps = 300": "steps = 2"})
    assert "1 photos with a face" in printed and re.search(r"2 loss \d", printed) and "picture" in printed
    distance = re.search(r"([\d.]+) px from the official landmarks in the square", printed)
    assert distance and 0 < float(distance[1]) < 12, "px: two steps from the open weights move little"
    shutil.rmtree(tmp_path / "trained")
