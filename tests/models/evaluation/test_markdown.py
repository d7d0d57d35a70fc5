"""Markdown: tables align, and a generated section replaces its old text and nothing else of a page."""

from pathlib import Path

import pytest

from attention_mesh.models.errors import ConfigError
from attention_mesh.models.evaluation.markdown import markdown_table, write_section


def test_sections_are_made_and_replaced(tmp_path: Path):
    page = tmp_path / "pages" / "results.md"
    write_section(page, "one", "first")
    write_section(page, "two", "second")
    page.write_text("# Results\n\n" + page.read_text() + "\nThe end.\n")
    write_section(page, "one", "third\nline")
    text = page.read_text()
    assert text.startswith("# Results\n\n<!-- begin: one -->\n\nthird\nline\n\n<!-- end: one -->\n")
    assert "first" not in text and "second" in text and text.endswith("\nThe end.\n")


def test_a_section_that_was_never_closed_is_not_written_over(tmp_path: Path):
    page = tmp_path / "results.md"
    page.write_text("<!-- begin: one -->\nby hand\n")
    with pytest.raises(ConfigError, match="results.md: .* no <!-- end: one -->"):
        write_section(page, "one", "measured")
    assert page.read_text() == "<!-- begin: one -->\nby hand\n"


def test_columns_are_aligned():
    assert markdown_table(["a", "bb"], [["ccc", "d"]]).splitlines() == [
        "| a   | bb |",
        "| --- | -- |",
        "| ccc | d  |",
    ]


def test_columns_can_stay_unaligned():
    assert markdown_table(["a", "bb"], [["ccc", "d"]], aligned=False).splitlines() == [
        "| a | bb |",
        "| --- | --- |",
        "| ccc | d |",
    ]


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match="shorter|longer"):
        markdown_table(["a", "b"], [["1", "2"], ["3", "4", "5"]])
