"""The pages name only files, commands, flags and Python names that exist."""

from __future__ import annotations

import dataclasses
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer

from attention_mesh.python_bindings.landmarker.face_landmarker_options import FaceLandmarkerOptions

REPOSITORY = Path(__file__).resolve().parents[1]
PAGES = [
    *(REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md", "examples/README.md")),
    *sorted((REPOSITORY / "docs").rglob("*.md")),
]
# Of tools/compatibility.py, tools/mediapipe_tree.py and benchmarks, of mkdocs, pip and bazel.
OTHER_FLAGS = {
    "--python-tests",
    "--film",
    "--photo",
    "--docs",
    "--data",
    "--test_filter",
    "--sandbox_writable_path",
    "--noenable_bzlmod",
    "--head",  # of ray
    "--address",
}

CODE = re.compile(r"```.*?```|``[^`]+``|`[^`]+`", re.DOTALL)
FILE = re.compile(r"(?<![\w/.<{>-])((?:[\w.-]+/)+[\w.-]+\.(?:py|pbtxt|proto|json|yml|md))\b")
FLAG = re.compile(r"(?<![\w-])--[a-z][\w-]*")
COMMAND = re.compile(r"attention-mesh ((?:models|graph|evaluate|study) )?([a-z][a-z0-9-]*)")
MODULE = re.compile(r"^(?:from (attention_mesh[\w.]*) import ([\w, ]+)|::: (attention_mesh[\w.]*))", re.M)


def in_code(pattern: re.Pattern[str]) -> Iterator[tuple[str, re.Match[str]]]:
    """(page, match) of a pattern in the pages' code, inline and in blocks."""
    for page in PAGES:
        for code in CODE.findall(page.read_text(encoding="utf-8")):
            for match in pattern.finditer(code):
                yield page.relative_to(REPOSITORY).as_posix(), match


@pytest.fixture(scope="module")
def commands() -> dict[str, click.Command]:
    """Name of every command, with that of its group in front → the command."""
    from attention_mesh.cli.app import app

    found: dict[str, click.Command] = {}

    def add(prefix: str, command: click.Command) -> None:
        for name, inner in getattr(command, "commands", {}).items():
            found[f"{prefix}{name}"] = inner
            add(f"{prefix}{name} ", inner)

    program = typer.main.get_command(app)
    add("", program)
    return found | {"": program}


def test_every_file_in_a_pages_code_exists() -> None:
    named = {(page, match[1]) for page, match in in_code(FILE)}
    assert len(named) > 20
    # Some are names of the reader's own files; those of ours begin with a folder of ours.
    folders = {entry.name for entry in REPOSITORY.iterdir() if entry.is_dir()}
    ours = {(page, path) for page, path in named if path.split("/")[0] in folders}
    assert not {(page, path) for page, path in ours if not (REPOSITORY / path).is_file()}


def test_every_command_in_a_pages_code_exists(commands: dict[str, click.Command]) -> None:
    named = {(page, (match[1] or "") + match[2]) for page, match in in_code(COMMAND)}
    assert len(named) > 10
    assert not {(page, name) for page, name in named if name not in commands}


def test_every_flag_in_a_pages_code_exists(commands: dict[str, click.Command]) -> None:
    known = OTHER_FLAGS | {"--help"}
    for command in commands.values():
        for option in command.params:
            known.update(option.opts + option.secondary_opts)
    assert not {(page, match[0]) for page, match in in_code(FLAG) if match[0] not in known}


def test_every_name_that_a_page_imports_or_documents_exists() -> None:
    for page in PAGES:
        for module, names, documented in MODULE.findall(page.read_text(encoding="utf-8")):
            if documented:
                path, _, name = documented.rpartition(".")
                found = importlib.import_module(path)
                assert hasattr(found, name) or importlib.import_module(documented), (page.name, documented)
            for name in names.split(", ") if names else []:
                assert hasattr(importlib.import_module(module), name), (page.name, module, name)


def test_the_table_of_options_lists_every_option() -> None:
    page = (REPOSITORY / "docs" / "python_api.md").read_text(encoding="utf-8")
    table = page.partition("| `running_mode` |")[2].partition("\n\n")[0]
    listed = re.findall(r"^\| `(\w+)`", f"| `running_mode` |{table}", re.MULTILINE)
    options = {field.name for field in dataclasses.fields(FaceLandmarkerOptions)} - {"base_options"}
    assert sorted(listed) == sorted(options)
