"""Modules under the names that MediaPipe's programs import them by."""

from __future__ import annotations

import importlib
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

_PACKAGE = "attention_mesh"
_BINDINGS = f"{_PACKAGE}.python_bindings"
_aliases = {
    f"{_PACKAGE}.python._framework_bindings": _BINDINGS,
    f"{_PACKAGE}.python": _BINDINGS,
    f"{_PACKAGE}.solutions": f"{_BINDINGS}.solutions",
}
"""Alias → the package that it stands for; longer ones before those that they begin with."""

_MESSAGE_ROOMS = (
    "calculators",
    "calculators.core",
    "calculators.image",
    "calculators.tensor",
    "calculators.tflite",
    "calculators.util",
    "calculators.video",
    "framework",
    "framework.formats",
    "framework.formats.annotation",
    "framework.stream_handler",
    "framework.tool",
    "gpu",
    "modules",
    "modules.face_detection",
    "modules.face_geometry",
    "modules.face_geometry.protos",
    "util",
)
"""MediaPipe's packages with message modules, below the package's own name."""


def install() -> None:
    """Makes ``import attention_mesh.solutions.face_mesh``, ``attention_mesh.python.…`` and the message
    modules ``attention_mesh.calculators.….x_pb2`` work; what they lead to is loaded only then."""
    if not any(isinstance(finder, _AliasFinder) for finder in sys.meta_path):
        # Before the path finder, which would load a second copy from the real package's folder.
        sys.meta_path.insert(0, _AliasFinder())


def install_as(name: str) -> None:
    """Makes this package importable under another name, so that programs written for that one run on it.

    ``install_as("mediapipe")``, before anything imports mediapipe, lets ``import mediapipe as mp``,
    ``from mediapipe.python import packet_creator``, ``from mediapipe.framework.formats import landmark_pb2``
    and the like give the modules of this package, whether or not a mediapipe is installed. The message types
    are then known to protobuf's default pool, too, so that ``text_format.Parse`` finds options by name.

    Args:
      name: of a module, without dots. Doing it again changes nothing.

    Raises:
      ValueError: it is no such name.
      ImportError: another module of that name is imported already.
    """
    if not name.isidentifier() or name == _PACKAGE:
        raise ValueError(f"install_as takes the name of another module, such as mediapipe, not {name!r}")
    package = importlib.import_module(_PACKAGE)
    loaded = sys.modules.get(name)
    if loaded is not None and loaded is not package:
        raise ImportError(
            f"install_as: {name} is imported already, from {getattr(loaded, '__file__', None) or loaded!r}; "
            f"call attention_mesh.install_as({name!r}) before the first import of it"
        )
    from attention_mesh.framework.protos import share_with_default_pool

    share_with_default_pool()
    install()
    _aliases[name] = _PACKAGE


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


class _MessagesLoader(Loader):
    """Makes a module of the messages of one .proto file, or an empty package to hold such modules."""

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        if spec.submodule_search_locations is not None:
            return None
        from attention_mesh.python_bindings.message_module import message_module

        return message_module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing more to run."""


class _AliasFinder(MetaPathFinder):
    def find_spec(self, name: str, path=None, target=None) -> ModuleSpec | None:
        for alias, real in _aliases.items():
            if name == alias or name.startswith(f"{alias}."):
                return ModuleSpec(name, _AliasLoader(real + name[len(alias) :]), is_package=True)
        package, _, rest = name.partition(".")
        if package != _PACKAGE or not rest or PathFinder.find_spec(name, path) is not None:
            return None
        if rest in _MESSAGE_ROOMS:
            return ModuleSpec(name, _MessagesLoader(), is_package=True)
        room, _, own_name = rest.rpartition(".")
        if own_name.endswith("_pb2") and room in _MESSAGE_ROOMS:
            from attention_mesh.python_bindings.message_module import has_messages

            if has_messages(own_name):
                return ModuleSpec(name, _MessagesLoader())
        return None
