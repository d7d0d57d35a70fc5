"""Checks of a table: what is missing, doubled or doubtful, on a page and in words."""

from __future__ import annotations

import base64
import re
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from attention_mesh.cli.app import app
from attention_mesh.datasets.arrow import PartWriter, manifest_of_part
from attention_mesh.datasets.check import check_table
from attention_mesh.datasets.columns import FACE_COLUMNS, MANIFEST_COLUMNS
from attention_mesh.datasets.contact_sheet import write_contact_sheet
from attention_mesh.datasets.table_folder import TableFolder

DOCS = Path(__file__).resolve().parents[2] / "docs"


def run(*arguments: object):
    return CliRunner().invoke(app, ["dataset", *map(str, arguments)])


@pytest.fixture
def copy(table, tmp_path) -> Path:
    """A copy of the table, to damage."""
    return Path(shutil.copytree(table, tmp_path / "copy"))


def part_of(table: Path, film: str) -> Path:
    (row,) = (row for row in TableFolder(table).manifest() if row["source"].endswith(film))
    return TableFolder(table).part_path(row["part"])


def test_a_good_table_has_no_problem_and_names_the_doubtful_films(table):
    report = check_table(TableFolder(table))
    assert report.problems == []
    assert report.sources == {"done": 8, "failed": 2}
    assert (report.frames, report.faces) == (5 * 8 + 4 + 2, 5 * 8 + 2)
    names = [Path(row["source"]).name for row in report.doubtful]
    assert names == ["c.jpg", "broken.mp4", "empty.mp4"]


def test_a_part_that_is_there_twice_is_a_problem(copy):
    part = part_of(copy, "film2.mp4")
    shutil.copy(part, part.with_name(f"{part.stem[:-2]}00.parquet"))
    assert any(
        "film2.mp4 is in the table 2 times" in text for text in check_table(TableFolder(copy)).problems
    )


def test_rows_that_the_manifest_does_not_have_and_damaged_parts_are_problems(copy):
    part = part_of(copy, "film2.mp4")
    manifest = manifest_of_part(part)
    part.unlink()
    writer = PartWriter(part, half=False)
    writer.commit(manifest)  # without a row
    part_of(copy, "film3.mp4").write_bytes(b"damaged")
    problems = check_table(TableFolder(copy)).problems
    assert any("film2.mp4: 0 rows, but the manifest says 8 faces" in text for text in problems)
    assert any(f"{part_of(copy, 'film3.mp4')} cannot be read" in text for text in problems)


def test_a_manifest_file_that_is_gone_or_damaged_is_made_anew_from_the_parts(copy, table):
    for content in (None, b"damaged"):
        TableFolder(copy).manifest_file.unlink()
        if content is not None:
            TableFolder(copy).manifest_file.write_bytes(content)
        assert TableFolder(copy).manifest() == TableFolder(table).manifest()
        TableFolder(copy).write_manifest()


def test_the_commands_tell_what_is_there(table, media_folder, copy, tmp_path):
    status = run("status", table)
    assert status.exit_code == 0, status.output
    assert f"{table}: 8 done, 2 failed; 46 frames, 42 faces" in status.stdout
    assert "failed: " in status.stderr and "broken.mp4" in status.stderr
    check = run("check", table, "--page", tmp_path / "page.html")
    assert check.exit_code == 0 and "the first faces of 10 sources" in check.stdout
    assert "doubtful: " in check.stderr and "empty.mp4: a face in 0 of 4 frames" in check.stderr
    part_of(copy, "film0.mp4").write_bytes(b"damaged")
    assert run("check", copy).exit_code == 1
    assert run("status", tmp_path).exit_code == 1
    again = run("retry-failed", table, "--jobs", 1)
    assert again.exit_code == 1 and "2 failed; 0 frames, 0 faces" in again.stdout


def test_the_page_shows_the_first_face_of_each_source(table, tmp_path):
    folder = TableFolder(table)
    assert write_contact_sheet(tmp_path / "page.html", folder, check_table(folder).doubtful) == 10
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    pictures = [
        cv2.imdecode(np.frombuffer(base64.b64decode(found), np.uint8), cv2.IMREAD_COLOR)
        for found in re.findall(r'base64,([^"]+)"', text)
    ]
    assert len(pictures) == 7 and all(picture.shape == (160, 160, 3) for picture in pictures)
    # Her skin is in the middle of each: more red than blue.
    assert all(np.subtract(*picture[60:100, 60:100].mean(axis=(0, 1))[[2, 0]]) > 20 for picture in pictures)
    assert text.count('class="doubtful"') == 3
    assert text.index("empty.mp4") < text.index("film0.mp4")


def test_the_page_on_datasets_has_every_column():
    text = (DOCS / "datasets.md").read_text(encoding="utf-8")
    for name, kind, length, meaning in (*FACE_COLUMNS, *MANIFEST_COLUMNS):
        written = kind if length is None else f"{kind} × {length}"
        assert f"| `{name}` | {written} | {meaning} |" in text
