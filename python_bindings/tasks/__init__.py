"""MediaPipe Tasks for faces: `mp.tasks.vision.FaceLandmarker` and what belongs to it.

The folders and files are MediaPipe's, because programs import them by path. The landmarker itself is
`attention_mesh.FaceLandmarker`, which has more options and gives arrays.
"""

import sys
from typing import TYPE_CHECKING, Any

from attention_mesh.framework.lazy_names import lazy_names
from attention_mesh.python_bindings.mediapipe_api.module_aliases import ABSENT

if TYPE_CHECKING:
    from attention_mesh.python_bindings.landmarker.base_options import BaseOptions
    from attention_mesh.python_bindings.tasks import components, core, vision

__all__ = ["BaseOptions", "components", "core", "vision"]

_load, __dir__ = lazy_names(
    __name__,
    {"BaseOptions": "core.base_options", "components": "components", "core": "core", "vision": "vision"},
)


def __getattr__(name: str) -> Any:
    if name == "python":  # `from mediapipe.tasks import python`: both packages are this one
        return sys.modules[__name__]
    absent = ABSENT.get(f"tasks.{name}")
    if absent is not None:
        raise AttributeError(f"attention_mesh has no tasks.{name}: {absent}")
    return _load(name)
