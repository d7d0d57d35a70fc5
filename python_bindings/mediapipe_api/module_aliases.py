"""Module aliases: our modules under the names by which MediaPipe's programs import them."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, Any

from attention_mesh.framework.message_modules import message_module_name

if TYPE_CHECKING:
    from importlib.abc import Loader, MetaPathFinder
else:
    Loader = MetaPathFinder = object  # importlib.abc takes longer to load than this package

_PACKAGE = "attention_mesh"
_BINDINGS = f"{_PACKAGE}.python_bindings"
_EXPOSED = {
    "python._framework_bindings": f"{_BINDINGS}.mediapipe_api",
    "python.solutions": f"{_BINDINGS}.solutions",
    "python": f"{_BINDINGS}.mediapipe_api",
    "solutions": f"{_BINDINGS}.solutions",
    "tasks.python": f"{_BINDINGS}.tasks",
    "tasks": f"{_BINDINGS}.tasks",
}
"""MediaPipe's packages, below its own name, and ours. Longer names come before their own beginnings."""

NOT_OF_FACES = (
    "download_utils",
    "hands",
    "hands_connections",
    "holistic",
    "objectron",
    "pose",
    "pose_connections",
    "selfie_segmentation",
)
"""MediaPipe's solutions that are absent."""

_OTHER_VISION_TASKS = (
    "face_aligner face_detector face_stylizer gesture_recognizer hand_landmarker holistic_landmarker "
    "image_classifier image_embedder image_segmenter interactive_segmenter object_detector pose_landmarker"
).split()

ABSENT = {
    **{
        f"tasks.{name}": "attention_mesh covers faces only: tasks.vision"
        for name in ("audio", "genai", "text")
    },
    **{
        f"tasks.vision.{name}": "of the vision tasks attention_mesh has face_landmarker"
        for name in _OTHER_VISION_TASKS
    },
    "model_maker": "`attention-mesh train` trains a network",
    **{f"solutions.{name}": "attention_mesh covers faces only" for name in NOT_OF_FACES},
}
"""MediaPipe's packages that are absent, and what there is in their place."""

_names = [_PACKAGE]
"""The names under which this package can be imported."""

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
    modules ``attention_mesh.calculators.….x_pb2`` work. Each loads its module on first use."""
    if not any(isinstance(finder, _AliasFinder) for finder in sys.meta_path):
        # It precedes the path finder, which would load a second copy from the real package's folder.
        sys.meta_path.insert(0, _AliasFinder())


def install_as(name: str) -> None:
    """Makes this package importable under another name, so that programs written for that name run on it.

    Call ``install_as("mediapipe")`` before anything imports mediapipe. Then ``import mediapipe as mp``,
    ``from mediapipe.python import packet_creator`` and ``from mediapipe.framework.formats import
    landmark_pb2`` give the modules of this package, whether or not a mediapipe is installed. protobuf's
    default pool then knows the message types too, so that ``text_format.Parse`` finds options by name.

    Args:
      name: of a module, without dots. A second call with the same name changes nothing.

    Raises:
      ValueError: it is no such name.
      ImportError: another module of that name is imported already.
    """
    if not isinstance(name, str) or not name.isidentifier() or name == _PACKAGE:
        raise ValueError(f"install_as takes the name of another module, such as mediapipe, not {name!r}")
    loaded = sys.modules.get(name)
    if loaded is not None and name not in _names:
        raise ImportError(
            f"install_as: {name} is imported already, from {getattr(loaded, '__file__', None) or loaded!r}; "
            f"call attention_mesh.install_as({name!r}) before the first import of it"
        )
    from attention_mesh.framework.protos import share_with_default_pool

    share_with_default_pool()
    install()
    if name not in _names:
        _names.append(name)


class _NewModuleLoader(Loader):
    """Leaves it to Python to make the module."""

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None


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


class _TopLoader(_NewModuleLoader):
    """Fills the package of another name with our public names; our rooms are not in it."""

    def exec_module(self, module: ModuleType) -> None:
        package = importlib.import_module(_PACKAGE)
        public = frozenset(package.__all__)

        def load(name: str) -> Any:
            if name not in public:
                instead = f": {ABSENT[name]}" if name in ABSENT else ""
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}{instead}")
            return getattr(package, name)

        vars(module).update(
            __doc__=package.__doc__,
            __version__=package.__version__,
            __all__=package.__all__,
            __getattr__=load,
            __dir__=lambda: sorted({*vars(module), *public}),
        )


class _PackageLoader(_NewModuleLoader):
    """Makes an empty package, to hold message modules."""

    def exec_module(self, module: ModuleType) -> None:
        """An empty package has nothing to run."""


class _AliasFinder(MetaPathFinder):
    """Finds what `_EXPOSED` and `_MESSAGE_ROOMS` name, under every name of this package."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package, _, rest = fullname.partition(".")
        if package not in _names:
            return None
        own = rest.removeprefix("python_bindings.").removeprefix("python.")
        _expect_present(fullname, own.replace("tasks.python.", "tasks.", 1))
        for exposed, real in _EXPOSED.items():
            if rest == exposed or rest.startswith(f"{exposed}."):
                return _alias_spec(fullname, real + rest[len(exposed) :])
        if package == _PACKAGE:
            return _message_spec(fullname, rest, path)
        if not rest:
            return ModuleSpec(fullname, _TopLoader(), is_package=True)
        if rest in _MESSAGE_ROOMS:
            return ModuleSpec(fullname, _PackageLoader(), is_package=True)
        messages = _message_module(rest)
        if messages is not None:
            return _alias_spec(fullname, messages)
        raise ModuleNotFoundError(
            f"No module named {fullname!r}: {package} is attention_mesh here, which has solutions, tasks, "
            "python and the message modules (…_pb2) under MediaPipe's names",
            name=fullname,
        )


def _expect_present(name: str, rest: str) -> None:
    """Raises ModuleNotFoundError, with what there is instead, for a package of MediaPipe that is absent."""
    for absent, instead in ABSENT.items():
        if rest == absent or rest.startswith(f"{absent}."):
            # Without its `name`, so that `from mediapipe import tasks` shows this text too.
            raise ModuleNotFoundError(f"No module named {name!r}: {instead}")


def _alias_spec(name: str, real_name: str) -> ModuleSpec:
    return ModuleSpec(name, _AliasLoader(real_name), is_package=True)


def _message_spec(name: str, rest: str, path: Sequence[str] | None) -> ModuleSpec | None:
    """Finds a room or a module of messages; None if this package has the name itself."""
    if rest in _MESSAGE_ROOMS:
        exists = PathFinder.find_spec(name, path) is not None
        return None if exists else ModuleSpec(name, _PackageLoader(), is_package=True)
    real = _message_module(rest)
    return None if real is None or real == name else _alias_spec(name, real)


def _message_module(rest: str) -> str | None:
    """Returns our message module for one of MediaPipe's, ``calculators.core.gate_calculator_pb2``, or None.

    MediaPipe's folders differ from ours, so only the name of the .proto file counts.
    """
    room, _, module = rest.rpartition(".")
    if room not in _MESSAGE_ROOMS or not module.endswith("_pb2"):
        return None
    return message_module_name(module.removesuffix("_pb2"))
