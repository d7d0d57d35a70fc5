"""The tables of pages of docs are those of the committed reports."""

from __future__ import annotations

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    ("report", "page"),
    [
        ("rotations", "accuracy"),
        ("crowds", "accuracy"),
        ("faces_found", "accuracy"),
        ("head_pose", "head_pose"),
        ("gaze", "gaze"),
        ("face_expression", "puppeteering"),
        ("makeup", "makeup"),
    ],
)
def test_every_row_of_the_report_is_on_the_page(report: str, page: str) -> None:
    lines = (REPOSITORY / "docs" / f"{page}.md").read_text(encoding="utf-8").splitlines()
    text = (REPOSITORY / "benchmarks" / "results" / f"{report}.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) > 2
    assert [row for row in rows if row not in lines] == []


@pytest.mark.parametrize("name", ["mesh_editing"])
def test_every_row_of_the_page_is_in_the_report(name: str) -> None:
    lines = (REPOSITORY / "benchmarks" / "results" / f"{name}.md").read_text(encoding="utf-8").splitlines()
    text = (REPOSITORY / "docs" / f"{name}.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) > 2
    assert [row for row in rows if row not in lines] == []
