"""Packages whose names are loaded on first use: type checkers see the same names, from the same modules."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

PACKAGES = (
    "attention_mesh",
    "attention_mesh.framework",
    "attention_mesh.python_bindings.mediapipe_api",
    "attention_mesh.python_bindings.solutions",
    "attention_mesh.python_bindings.tasks",
    "attention_mesh.python_bindings.tasks.components",
    "attention_mesh.python_bindings.tasks.components.containers",
    "attention_mesh.python_bindings.tasks.vision",
)


def source(package: str) -> ast.Module:
    return ast.parse(Path(importlib.import_module(package).__file__ or "").read_text(encoding="utf-8"))


def checked_names(package: str) -> dict[str, str]:
    """Name -> its module, of all imports under TYPE_CHECKING."""
    return {
        alias.name: statement.module or ""
        for block in source(package).body
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for statement in block.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }


def lazy_names(package: str) -> set[str]:
    """The names in the table that the package hands to `lazy_names`."""
    (call,) = (
        node
        for node in ast.walk(source(package))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "lazy_names"
    )
    table = call.args[1]
    if isinstance(table, ast.Dict):
        return {ast.literal_eval(key) for key in table.keys if key is not None}
    return set(importlib.import_module(package).__all__)  # {name: name for name in __all__}


def test_every_lazy_package_is_checked_here() -> None:
    root = Path(importlib.import_module("attention_mesh").__file__ or "").parent
    found = {
        ".".join(["attention_mesh", *file.parent.relative_to(root).parts])
        for room in (".", "framework", "python_bindings", "models", "calculators", "cli", "drawing", "media")
        for file in ([root / "__init__.py"] if room == "." else (root / room).rglob("__init__.py"))
        if "def __getattr__" in file.read_text(encoding="utf-8")
        or "lazy_names(" in file.read_text(encoding="utf-8")
    }
    assert found == set(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_type_checkers_see_the_names_that_are_loaded_on_first_use(package: str) -> None:
    assert set(checked_names(package)) == lazy_names(package)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_name_leads_to_what_type_checkers_see(package: str) -> None:
    module = importlib.import_module(package)
    for name, home in checked_names(package).items():
        submodule = f"{home}.{name}"
        try:
            expected = importlib.import_module(submodule)
        except ModuleNotFoundError:
            expected = getattr(importlib.import_module(home), name)
        assert getattr(module, name) is expected, name


@pytest.mark.parametrize("package", PACKAGES)
def test_all_has_every_public_name(package: str) -> None:
    module = importlib.import_module(package)
    assert lazy_names(package) <= set(module.__all__)
