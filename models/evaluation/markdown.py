"""Markdown: tables, and generated sections in pages that people write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from attention_mesh.models.errors import ConfigError


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]], aligned: bool = True) -> str:
    """A table of text.

    Args:
        head: names of the columns.
        rows: the cells, one per column.
        aligned: pad the cells of a column to one width, so that the table is readable on a terminal.

    Raises:
        ValueError: a row has more or fewer cells than `head`.
    """
    columns = list(zip(head, *rows, strict=True))
    widths = [max(map(len, column)) if aligned else 0 for column in columns]
    lines = [head, ["-" * (width or 3) for width in widths], *rows]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    )


def with_section(content: str, name: str, text: str) -> str:
    """The content of a page with `text` between `<!-- begin: name -->` and `<!-- end: name -->`.

    The rest of the page stays. If the page has no such lines, they are added at its end.

    Raises:
        ConfigError: the page begins the section and does not end it.
    """
    begin, end = f"<!-- begin: {name} -->", f"<!-- end: {name} -->"
    before, found, rest = content.partition(begin)
    _, closed, after = rest.partition(end)
    if found and not closed:
        raise ConfigError(f"{begin} has no {end} after it; add that line where the section ends")
    if not found:
        before, after = (f"{content.rstrip()}\n\n" if content else ""), "\n"
    return f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}"


def write_section(page: Path, name: str, text: str) -> None:
    """Writes a section of a page as `with_section` does; makes the page if it is missing.

    Raises:
        ConfigError: the page begins the section and does not end it.
    """
    content = page.read_text(encoding="utf-8") if page.exists() else ""
    try:
        content = with_section(content, name, text)
    except ConfigError as error:
        raise ConfigError(f"{page}: {error}") from error
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(content, encoding="utf-8")
