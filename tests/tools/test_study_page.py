"""The tool of docs/study.md: the table on the page, and the figures that its text takes from it."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("selenium", reason="selenium is in the dev extra")

from attention_mesh.cli.study.proportions import wilson_interval
from attention_mesh.cli.study.study_report import PAPER_AR_FOR_REAL, PAPER_REAL_FOR_AR
from attention_mesh.tools.study_page import DOCS, needed_table

PAGE = (DOCS / "study.md").read_text(encoding="utf-8")


def test_the_pages_table_is_the_tools() -> None:
    assert needed_table() in PAGE


def test_the_paper_s_answers_make_the_interval_that_the_page_says() -> None:
    low, high = wilson_interval(PAPER_AR_FOR_REAL * 400, 400, 0.95)
    said = re.search(r"stands on 400 answers: ±(\d+) points", PAGE)
    assert said is not None and round(100 * (high - low) / 2) == int(said[1])


def test_the_paper_s_figures_are_each_at_its_place() -> None:
    rows = dict(re.findall(r"^\| ([\w ]+) \|.*\| ([^|]+) \|$", PAGE, re.MULTILINE))
    assert rows["AR taken for real"] == f"{100 * PAPER_AR_FOR_REAL:.0f} %"
    assert rows["real taken for AR"] == f"{100 * PAPER_REAL_FOR_AR:.0f} %"
    assert rows["real taken for real"] == f"{100 * (1 - PAPER_REAL_FOR_AR):.0f} %"


def test_the_picture_is_small_enough_for_the_page() -> None:
    assert 20_000 < (DOCS / "study.jpg").stat().st_size < 300_000
