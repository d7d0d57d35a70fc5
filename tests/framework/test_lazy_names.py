"""Public names that are loaded on first use."""

from __future__ import annotations

import sys
import types

import pytest

from attention_mesh.framework.lazy_names import lazy_names


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """A package with two modules, `shapes` (which has a Circle) and `colors`."""
    made = types.ModuleType("sample_package")
    made.__path__ = []
    shapes = types.ModuleType("sample_package.shapes")
    shapes.Circle = type("Circle", (), {})
    for module in (made, shapes, types.ModuleType("sample_package.colors")):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    made.__getattr__, made.__dir__ = lazy_names("sample_package", {"Circle": "shapes", "colors": "colors"})
    return made


def test_a_name_is_loaded_from_its_module_once(package: types.ModuleType) -> None:
    assert "Circle" not in vars(package)
    assert package.Circle is sys.modules["sample_package.shapes"].Circle
    assert vars(package)["Circle"] is package.Circle


def test_a_module_can_be_a_public_name(package: types.ModuleType) -> None:
    assert package.colors is sys.modules["sample_package.colors"]


def test_dir_lists_names_that_are_not_loaded_yet(package: types.ModuleType) -> None:
    assert {"Circle", "colors", "__name__"} <= set(dir(package))


def test_another_name_is_an_attribute_error(package: types.ModuleType) -> None:
    with pytest.raises(AttributeError, match="module 'sample_package' has no attribute 'Square'"):
        _ = package.Square
