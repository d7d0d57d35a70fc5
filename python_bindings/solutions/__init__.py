"""The solutions for faces, under MediaPipe's names: programs written for ``mp.solutions`` run unchanged.

Each is loaded on first use, because some bring OpenCV and some the inference engine.
"""

from typing import TYPE_CHECKING, Any

from attention_mesh.framework.lazy_names import lazy_names
from attention_mesh.python_bindings.mediapipe_api.module_aliases import NOT_OF_FACES

if TYPE_CHECKING:
    from attention_mesh.python_bindings.solutions import (
        drawing_styles,
        drawing_utils,
        face_detection,
        face_mesh,
        face_mesh_connections,
    )

__all__ = ["drawing_styles", "drawing_utils", "face_detection", "face_mesh", "face_mesh_connections"]

_load, __dir__ = lazy_names(__name__, {name: name for name in __all__})


def __getattr__(name: str) -> Any:
    if name in NOT_OF_FACES:
        raise AttributeError(
            f"attention_mesh has no solutions.{name}: it covers faces only ({', '.join(__all__)})"
        )
    return _load(name)
