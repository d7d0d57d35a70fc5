"""What the README shows: its programs are those that the tests run, its figures those of the report."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
PYTHON_BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_three_lines_find_the_face(astronaut: np.ndarray) -> None:
    program = PYTHON_BLOCKS[0]
    assert len(program.splitlines()) == 3
    names = {"image": astronaut}
    exec(program, names)
    points = names["points"]
    assert points.shape == (1, 478, 3)
    # Her face, by eye: between these pixels of the photo.
    assert (points[0, :, :2] > [165, 60]).all() and (points[0, :, :2] < [280, 195]).all()


def test_the_webcam_program_is_the_one_in_docs() -> None:
    assert PYTHON_BLOCKS[1] == (REPOSITORY / "docs" / "webcam.py").read_text(encoding="utf-8")


def test_the_figures_are_those_of_the_report() -> None:
    """Each row of the README's table holds medians of one row of the committed report, in its order."""
    report = (REPOSITORY / "benchmarks" / "results" / "face_mesh.md").read_text(encoding="utf-8")
    measured = [cells(row) for row in rows(report)]
    shown = [cells(row) for row in rows(README)]
    assert len(shown) == len(measured) > 0
    for short, whole in zip(shown, measured, strict=True):
        rest = iter(whole)
        assert all(cell in rest for cell in short), f"{short} is not in {whole}"


def rows(text: str) -> list[str]:
    """The rows of tables that begin with the size of a frame."""
    return [line for line in text.splitlines() if re.match(r"\| \d+×\d+ ", line)]


def cells(row: str) -> list[str]:
    """The cells of a row, without their spreads."""
    return [cell.partition(" (")[0].strip() for cell in row.strip("| ").split("|")]


LINKS = [
    (page.relative_to(REPOSITORY).as_posix(), target)
    for page in (REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md")))
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", page.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("page", "target"), LINKS)
def test_every_link_leads_to_a_file(page: str, target: str) -> None:
    linked = (REPOSITORY / page).parent / target
    assert linked.is_file() or (page != "README.md" and linked.is_dir())
