"""`calculators/` holds nodes and nothing else, which declare their options in one of two ways."""

import ast
from pathlib import Path

import pytest

ROOM = Path(__file__).resolve().parents[2] / "calculators"
MODULES = [
    file
    for folder in ("core", "face", "gpu", "image", "output", "tensor", "render")
    for file in sorted((ROOM / folder).glob("*.py"))
    if file.name != "__init__.py"
]
_REGISTERING = {"calculator", "calculator_family", "subgraph"}


def decorators(node: ast.ClassDef | ast.FunctionDef) -> set[str]:
    """The names of a definition's decorators."""
    called = [entry.func if isinstance(entry, ast.Call) else entry for entry in node.decorator_list]
    return {entry.id for entry in called if isinstance(entry, ast.Name)}


def registered_names(source: str) -> set[str]:
    """The classes and functions of a module that a decorator registers."""
    definitions = [n for n in ast.parse(source).body if isinstance(n, (ast.ClassDef, ast.FunctionDef))]
    return {definition.name for definition in definitions if decorators(definition) & _REGISTERING}


def option_declarations(source: str) -> list[str]:
    """How each calculator of a module declares `Options`: "fields", "message", or another way."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef) and node.name == "Options":
            found.append(
                "fields" if not node.bases and not node.decorator_list else "a class of another kind"
            )
        elif isinstance(node, ast.Assign) and [getattr(t, "id", "") for t in node.targets] == ["Options"]:
            is_message = isinstance(node.value, (ast.Constant, ast.Name))
            found.append("message" if is_message else "an expression")
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda file: file.stem)
def test_every_module_registers_a_node(module):
    assert registered_names(module.read_text(encoding="utf-8"))


@pytest.mark.parametrize("module", MODULES, ids=lambda file: file.stem)
def test_options_are_fields_or_the_name_of_a_message(module):
    assert set(option_declarations(module.read_text(encoding="utf-8"))) <= {"fields", "message"}


def test_helpers_and_other_declarations_are_found():
    assert not registered_names("def helper(): ...\nclass Thing: ...")
    assert registered_names("@calculator\nclass ACalculator(Calculator): ...")
    assert registered_names("@subgraph('A')\ndef build(node): ...")
    assert option_declarations("@dataclass\nclass Options: ...") == ["a class of another kind"]
    assert option_declarations("Options = make()") == ["an expression"]
    assert option_declarations("class Options:\n    gain: float = 1.0") == ["fields"]
