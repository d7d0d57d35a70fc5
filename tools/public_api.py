"""The public API as text: ``python tools/public_api.py`` writes tests/public_api.txt.

One line per public name, with parameters, defaults and types as the source has them, so that a change of the
API is a change of that file.
"""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "tests" / "public_api.txt"
MODULES = (
    "attention_mesh",
    "attention_mesh.datasets",
    "attention_mesh.framework",
    "attention_mesh.framework.testing",
)

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def public_api() -> str:
    """The text of tests/public_api.txt."""
    lines = [line for name in MODULES for line in _module_lines(importlib.import_module(name))]
    return "\n".join(lines) + "\n"


def _module_lines(module: ModuleType) -> Iterator[str]:
    names = getattr(module, "__all__", None)
    if names is None:
        names = [
            name
            for name, value in vars(module).items()
            if getattr(value, "__module__", None) == module.__name__ and not name.startswith("_")
        ]
    for name in sorted(names):
        value, path = getattr(module, name), f"{module.__name__}.{name}"
        if inspect.ismodule(value):
            yield f"{path}: module {value.__name__}"
        elif inspect.isclass(value):
            yield from _class_lines(path, value)
        elif inspect.isfunction(value):
            yield _function_line(path, _definition(value))
        else:
            yield f"{path}: {type(value).__name__}"


def _class_lines(path: str, cls: type) -> Iterator[str]:
    """The class, then its public members, inherited ones included; those of other packages are left out."""
    bases = ", ".join(base.__name__ for base in cls.__bases__ if base is not object)
    yield f"class {path}({bases})" if bases else f"class {path}"
    members: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        if base.__module__.partition(".")[0] == "attention_mesh":
            for name, line in _member_lines(path, _definition(base)):
                members[name] = line
    yield from (members[name] for name in sorted(members))


def _member_lines(path: str, definition: ast.stmt) -> Iterator[tuple[str, str]]:
    assert isinstance(definition, ast.ClassDef)
    for node in definition.body:
        if isinstance(node, _FUNCTIONS) and _is_public(node.name):
            is_setter = any(ast.unparse(mark).endswith(".setter") for mark in node.decorator_list)
            line = f"{path}.{node.name}: settable property" if is_setter else ""
            yield node.name, line or _function_line(f"{path}.{node.name}", node)
        if isinstance(node, _FUNCTIONS) and node.name == "__init__":
            for name in _attributes(node):
                yield name, f"{path}.{name}: attribute"
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            if _is_public(node.target.id):
                yield node.target.id, f"{path}.{ast.unparse(node)}"
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            if _is_public(node.targets[0].id):
                yield node.targets[0].id, f"{path}.{ast.unparse(node)}"
        elif isinstance(node, ast.ClassDef) and _is_public(node.name):
            yield node.name, f"class {path}.{node.name}"


def _attributes(init: ast.stmt) -> Iterator[str]:
    """The public attributes that an `__init__` sets."""
    for node in ast.walk(init):
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        for target in targets:
            if isinstance(target, ast.Attribute) and ast.unparse(target.value) == "self":
                if _is_public(target.attr):
                    yield target.attr


def _function_line(path: str, node: ast.stmt) -> str:
    assert isinstance(node, _FUNCTIONS)
    marks = {ast.unparse(decorator) for decorator in node.decorator_list}
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    if marks & {"property", "cached_property", "functools.cached_property"}:
        return f"{path}: property{returns}"
    kind = "".join(f"{mark} " for mark in ("classmethod", "staticmethod") if mark in marks)
    return f"{kind}{path}({ast.unparse(node.args)}){returns}"


def _is_public(name: str) -> bool:
    return not name.startswith("_") or name in ("__init__", "__call__", "__enter__", "__iter__", "__len__")


def _definition(value: object) -> ast.stmt:
    """The statement in the source that defines a class or function."""
    body = _body(getattr(value, "__module__", ""))
    for name in getattr(value, "__qualname__", "").split("."):
        node = next(n for n in body if isinstance(n, (ast.ClassDef, *_FUNCTIONS)) and n.name == name)
        body = node.body
    return node


@functools.cache
def _body(module: str) -> list[ast.stmt]:
    return ast.parse(inspect.getsource(importlib.import_module(module))).body


def main() -> int:
    FILE.write_text(public_api(), encoding="utf-8")
    print(f"wrote {FILE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
