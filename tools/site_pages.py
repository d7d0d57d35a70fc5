"""Site pages: an mkdocs hook that takes into the site what the pages link to outside docs/.

The pages link as the repository's own view needs it: `../benchmarks/results/engine.md`,
`../examples/photo.py`, `../graphs/mediapipe`. In the site a linked text is a page, a linked program or graph
is a page that shows it, and a linked folder is a list of its files. The hook rewrites the links to lead
there. A link that leads nowhere stays as it is, and `mkdocs build --strict` reports it.
"""

from __future__ import annotations

import functools
import json
import posixpath
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

REPOSITORY = Path(__file__).resolve().parents[1]
DOCS = "docs"
# Pages of the site outside docs/ to which no page needs to link, and what they are called in the site.
ROOT_PAGES = {"README.md": "index.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
LANGUAGES = {".py": "python", ".json": "json", ".toml": "toml", ".pbtxt": "protobuf"}

_FENCE = re.compile(r"^(```.*?^```)", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(\]\()(?![a-z]+:|#)([^)\s#]+)(#[^)\s]*)?(\))")


def site_name(path: str) -> str:
    """The source name in the site of a file or folder of the repository; both relative, with slashes."""
    if path in ROOT_PAGES:
        return ROOT_PAGES[path]
    if path.startswith(f"{DOCS}/"):
        return path.removeprefix(f"{DOCS}/")
    if (REPOSITORY / path).is_dir():
        return f"{path}/index.md"
    return path if path.endswith((".md", ".png", ".jpg", ".svg")) else f"{path}.md"


def content(path: str) -> str:
    """Markdown that shows a file or folder of the repository."""
    file = REPOSITORY / path
    if file.is_dir():
        names = sorted(entry.name for entry in file.iterdir() if entry.name not in ("BUILD", "__pycache__"))
        return f"# {path}\n\n" + "\n".join(f"- [{name}]({name})" for name in names) + "\n"
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".md":
        return text
    if file.suffix == ".ipynb":
        return notebook_page(text)
    return f"# {path}\n\n```{LANGUAGES.get(file.suffix, 'text')}\n{text}```\n"


def in_links(text: str, change: Callable[[str], str]) -> str:
    """The text with the target of every relative link changed; what stands in code fences stays."""

    def changed(match: re.Match[str]) -> str:
        begin, target, anchor, end = match.groups(default="")
        return f"{begin}{change(target)}{anchor}{end}"

    parts = _FENCE.split(text)
    return "".join(part if _FENCE.match(part) else _LINK.sub(changed, part) for part in parts)


def notebook_page(text: str) -> str:
    """Markdown of a notebook's text: its cells, those with code as Python."""
    cells = [("".join(cell["source"]), cell["cell_type"]) for cell in json.loads(text)["cells"]]
    return "\n\n".join(f"```python\n{cell}\n```" if kind == "code" else cell for cell, kind in cells) + "\n"


def target_of(path: str, link: str) -> str:
    """The path in the repository to which a link in the page `path` leads, or "" if there is nothing."""
    folder = path if (REPOSITORY / path).is_dir() else posixpath.dirname(path)
    target = posixpath.normpath(posixpath.join(folder, link))
    return target if not target.startswith("..") and (REPOSITORY / target).exists() else ""


def for_site(path: str, text: str) -> str:
    """The text of the page `path` with its links as the site needs them."""

    def change(link: str) -> str:
        target = target_of(path, link)
        if not target:
            return link
        return posixpath.relpath(site_name(target), posixpath.dirname(site_name(path)) or ".")

    return in_links(text, change)


@functools.cache
def linked_pages() -> dict[str, str]:
    """Name in the site → path in the repository: of docs/ and of everything that is linked from there."""
    pages = sorted((REPOSITORY / DOCS).rglob("*.md"))
    waiting = [*ROOT_PAGES, *(page.relative_to(REPOSITORY).as_posix() for page in pages)]
    found: dict[str, str] = {}
    while waiting:
        path = waiting.pop()
        if site_name(path) in found:
            continue
        found[site_name(path)] = path
        if site_name(path).endswith(".md"):

            def follow(link: str, path: str = path) -> str:
                if target := target_of(path, link):
                    waiting.append(target)
                return link

            in_links(content(path), follow)
    return found


def on_pre_build(config: MkDocsConfig) -> None:
    """Reads the pages again: `mkdocs serve` builds several times."""
    linked_pages.cache_clear()


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that lie outside docs/."""
    from mkdocs.structure.files import File

    for name, path in linked_pages().items():
        if files.get_file_from_path(name):
            continue
        if name.endswith(".md"):
            files.append(File.generated(config, name, content=content(path)))
        else:
            files.append(File.generated(config, name, abs_src_path=str(REPOSITORY / path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Rewrites the links of a page, and fills in the lists of modules."""
    path = linked_pages().get(page.file.src_uri, f"{DOCS}/{page.file.src_uri}")
    return with_modules(for_site(path, markdown))


_MODULES = re.compile(r"^<!-- every module of ([\w/]+) -->$", re.MULTILINE)


def with_modules(markdown: str) -> str:
    """The text with an entry of the reference for each module of a room, if it asks for them."""

    def entries(match: re.Match[str]) -> str:
        room = match[1]
        modules = sorted(file.stem for file in (REPOSITORY / room).glob("[!_]*.py"))
        package = room.replace("/", ".")
        return "\n\n".join(f"::: attention_mesh.{package}.{module}" for module in modules)

    return _MODULES.sub(entries, markdown)
