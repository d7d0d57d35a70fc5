"""Attention Mesh: 478 3D face landmarks, by a graph of Python calculators.

``import attention_mesh as mp`` stands where ``import mediapipe as mp`` stood: `mp.solutions.face_mesh`,
`face_detection`, `drawing_utils` and `drawing_styles` have their old names, so has `mp.tasks.vision` for the
face landmarker, and so has the framework: `mp.CalculatorGraph`, `Packet`, `packet_creator` and the rest.
`install_as("mediapipe")` lets programs run on this package without a change. Our own interface is
`FaceLandmarker`, with its options and results, `FaceMeshAnnotator`, which draws them, and `Makeup`.
"""

from typing import TYPE_CHECKING, Any

import attention_mesh.calculators  # noqa: F401  (makes the built-in calculators and graphs findable)
from attention_mesh.framework.lazy_names import lazy_names
from attention_mesh.python_bindings.mediapipe_api import module_aliases

if TYPE_CHECKING:
    from attention_mesh.errors import AttentionMeshError
    from attention_mesh.python_bindings import solutions, tasks
    from attention_mesh.python_bindings.landmarker.base_options import BaseOptions
    from attention_mesh.python_bindings.landmarker.category import BLENDSHAPE_NAMES
    from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
    from attention_mesh.python_bindings.landmarker.face_landmarker_options import (
        FaceLandmarkerOptions,
        RunningMode,
    )
    from attention_mesh.python_bindings.landmarker.face_landmarker_result import FaceLandmarkerResult
    from attention_mesh.python_bindings.landmarker.face_mesh_annotator import FaceMeshAnnotator
    from attention_mesh.python_bindings.landmarker.landmark_names import LANDMARK_GROUPS, LANDMARK_NAMES
    from attention_mesh.python_bindings.landmarker.makeup import Makeup
    from attention_mesh.python_bindings.mediapipe_api import (
        CalculatorGraph,
        GraphInputStreamAddMode,
        Image,
        ImageFormat,
        ImageFrame,
        Matrix,
        Packet,
        Timestamp,
        ValidatedGraphConfig,
        packet_creator,
        packet_getter,
        resource_util,
    )

__version__ = "0.1.0"
__all__ = [
    "AttentionMeshError",
    "BLENDSHAPE_NAMES",
    "BaseOptions",
    "CalculatorGraph",
    "FaceLandmarker",
    "FaceLandmarkerOptions",
    "FaceLandmarkerResult",
    "FaceMeshAnnotator",
    "GraphInputStreamAddMode",
    "Image",
    "ImageFormat",
    "ImageFrame",
    "LANDMARK_GROUPS",
    "LANDMARK_NAMES",
    "Makeup",
    "Matrix",
    "Packet",
    "RunningMode",
    "Timestamp",
    "ValidatedGraphConfig",
    "install_as",
    "packet_creator",
    "packet_getter",
    "resource_util",
    "solutions",
    "tasks",
]

module_aliases.install()
install_as = module_aliases.install_as

_load, __dir__ = lazy_names(
    __name__,
    {
        "AttentionMeshError": "errors",
        "BLENDSHAPE_NAMES": "python_bindings.landmarker.category",
        "BaseOptions": "python_bindings.landmarker.base_options",
        "CalculatorGraph": "python_bindings.mediapipe_api",
        "FaceLandmarker": "python_bindings.landmarker.face_landmarker",
        "FaceLandmarkerOptions": "python_bindings.landmarker.face_landmarker_options",
        "FaceLandmarkerResult": "python_bindings.landmarker.face_landmarker_result",
        "FaceMeshAnnotator": "python_bindings.landmarker.face_mesh_annotator",
        "GraphInputStreamAddMode": "python_bindings.mediapipe_api",
        "Image": "python_bindings.mediapipe_api",
        "ImageFormat": "python_bindings.mediapipe_api",
        "ImageFrame": "python_bindings.mediapipe_api",
        "LANDMARK_GROUPS": "python_bindings.landmarker.landmark_names",
        "LANDMARK_NAMES": "python_bindings.landmarker.landmark_names",
        "Makeup": "python_bindings.landmarker.makeup",
        "Matrix": "python_bindings.mediapipe_api",
        "Packet": "python_bindings.mediapipe_api",
        "RunningMode": "python_bindings.landmarker.face_landmarker_options",
        "Timestamp": "python_bindings.mediapipe_api",
        "ValidatedGraphConfig": "python_bindings.mediapipe_api",
        "packet_creator": "python_bindings.mediapipe_api.packet_creator",
        "packet_getter": "python_bindings.mediapipe_api.packet_getter",
        "resource_util": "python_bindings.mediapipe_api.resource_util",
        "solutions": "python_bindings.solutions",
        "tasks": "python_bindings.tasks",
    },
)


def __getattr__(name: str) -> Any:
    if name in module_aliases.ABSENT:
        raise AttributeError(f"attention_mesh has no {name}: {module_aliases.ABSENT[name]}")
    return _load(name)
