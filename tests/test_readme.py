"""What the README shows: its programs are those that the tests run, its figures those of the report."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import cv2
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


def test_the_first_command_needs_nothing_that_make_demo_does_not_install(astronaut, tmp_path) -> None:
    (command,) = re.findall(r"^    \.venv/bin/attention-mesh (run film\.mp4 .*)$", README, re.MULTILINE)
    writer = cv2.VideoWriter(str(tmp_path / "film.mp4"), cv2.VideoWriter_fourcc(*"mp4v"), 25, (512, 512))
    for _ in range(3):
        writer.write(astronaut[..., ::-1])
    writer.release()
    program = (
        "import sys\n"
        "absent = ('pyarrow', 'matplotlib', 'supervision', 'keras', 'tensorflow')\n"
        "sys.modules.update(dict.fromkeys(absent))\n"
        "from attention_mesh.cli.program import main\n"
        f"sys.argv[1:] = {command.split()}\n"
        "main()"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert all((tmp_path / name).stat().st_size for name in re.findall(r"--output (\S+)", command))


def test_the_figures_are_those_of_the_report() -> None:
    """Each row of the README's table holds medians of one row of the committed report, in its order."""
    report = (REPOSITORY / "benchmarks" / "results" / "face_mesh.md").read_text(encoding="utf-8")
    measured = [cells(row) for row in rows(report)]
    shown = [cells(row) for row in rows(README)]
    assert len(shown) == len(measured) > 0
    for short, whole in zip(shown, measured, strict=True):
        rest = iter(whole)
        assert all(cell in rest for cell in short), f"{short} is not in {whole}"


def test_the_range_of_speeds_in_the_text_is_that_of_the_table() -> None:
    faster = [float(cells(row)[4]) for row in rows(README)]
    assert f"{min(faster):.1f} to {max(faster):.1f} times in the table below" in README


def test_it_is_a_first_page() -> None:
    assert len(README.splitlines()) <= 90


def rows(text: str) -> list[str]:
    """The rows of tables that begin with the size of a frame."""
    return [line for line in text.splitlines() if re.match(r"\| \d+×\d+ ", line)]


def cells(row: str) -> list[str]:
    """The cells of a row, without their spreads."""
    return [cell.partition(" (")[0].strip() for cell in row.strip("| ").split("|")]


PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "examples/README.md")
LINKS = [
    (page.relative_to(REPOSITORY).as_posix(), target)
    for page in (*(REPOSITORY / name for name in PAGES), *sorted((REPOSITORY / "docs").rglob("*.md")))
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", page.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("page", "target"), LINKS)
def test_every_link_leads_to_a_file(page: str, target: str) -> None:
    linked = (REPOSITORY / page).parent / target
    assert linked.is_file() or (page != "README.md" and linked.is_dir())
