"""Modules under the names that MediaPipe's programs import them by."""

import importlib
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

_PACKAGE = "attention_mesh"
_ALIASES = {
    f"{_PACKAGE}.solutions": f"{_PACKAGE}.python_bindings.solutions",
    f"{_PACKAGE}.python": f"{_PACKAGE}.python_bindings",
}


class _AliasLoader(Loader):
    """Hands on a module that has another name."""

    def __init__(self, real_name: str):
        self.real_name = real_name

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = importlib.import_module(self.real_name)
        # The import system is about to set the alias's spec on it; exec_module sets its own again.
        self.real_spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self.real_spec


class _AliasFinder(MetaPathFinder):
    def find_spec(self, name: str, path=None, target=None) -> ModuleSpec | None:
        for alias, real in _ALIASES.items():
            if name == alias or name.startswith(f"{alias}."):
                return ModuleSpec(name, _AliasLoader(real + name[len(alias) :]), is_package=True)
        return None


def install() -> None:
    """Makes ``import attention_mesh.solutions.face_mesh`` and ``attention_mesh.python.solutions…`` give the
    very modules of ``attention_mesh.python_bindings.solutions``; they are loaded only then."""
    if not any(isinstance(finder, _AliasFinder) for finder in sys.meta_path):
        # Before the path finder, which would load a second copy from the real package's folder.
        sys.meta_path.insert(0, _AliasFinder())
