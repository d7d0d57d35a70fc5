"""The tables of pages of docs are those of the committed reports."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from attention_mesh.benchmarks import blendshape_groups
from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES

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


def test_groups_of_blend_shapes_on_the_page_follow_from_the_report() -> None:
    page = blendshape_groups.PAGE.read_text(encoding="utf-8")
    report = blendshape_groups.REPORT.read_text(encoding="utf-8")
    assert blendshape_groups.group_table(report) in page
    assert blendshape_groups.seen_table(report) in page


def test_every_blend_shape_is_in_one_group() -> None:
    shapes = blendshape_groups.shape_rows(blendshape_groups.REPORT.read_text(encoding="utf-8"))
    assert list(shapes) == list(BLENDSHAPE_NAMES[:51])
    for name in shapes:
        groups = [group for group, names in blendshape_groups.GROUPS.items() if re.match(names, name)]
        assert len(groups) == 1, (name, groups)
