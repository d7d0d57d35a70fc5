"""Measured tables in a page that people write."""

from __future__ import annotations

from pathlib import Path

from attention_mesh.models.errors import ConfigError


def write_section(page: Path, name: str, text: str) -> None:
    """Puts Markdown between the page's lines `<!-- begin: name -->` and `<!-- end: name -->`.

    A page without them gets them at its end, and one that is not there is made. What stands around them
    stays. Raises ConfigError for a page that begins the section and does not end it.
    """
    begin, end = f"<!-- begin: {name} -->", f"<!-- end: {name} -->"
    content = page.read_text(encoding="utf-8") if page.exists() else ""
    before, found, rest = content.partition(begin)
    _, closed, after = rest.partition(end)
    if found and not closed:
        raise ConfigError(f"{page} has {begin} but no {end} after it; write that where the section is to end")
    if not found:
        before, after = (f"{content.rstrip()}\n\n" if content else ""), "\n"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}", encoding="utf-8")
