"""Attention Mesh: 478 3D face landmarks, by a graph of Python calculators.

``import attention_mesh as mp`` stands where ``import mediapipe as mp`` stood: `mp.solutions.face_mesh`,
`face_detection`, `drawing_utils` and `drawing_styles` are there under their old names, and so is the
framework: `mp.CalculatorGraph`, `Packet`, `packet_creator` … `install_as("mediapipe")` lets programs run on
this package without a change. Our own interface is `FaceLandmarker`, with what belongs to it.
"""

import importlib

import attention_mesh.calculators  # noqa: F401  (makes the built-in calculators and graphs findable)
from attention_mesh.python_bindings.mediapipe_api import module_aliases

module_aliases.install()
install_as = module_aliases.install_as

__version__ = "0.1.0"

_MODULES = {
    "packet_creator": "python_bindings.mediapipe_api.packet_creator",
    "packet_getter": "python_bindings.mediapipe_api.packet_getter",
    "resource_util": "python_bindings.mediapipe_api.resource_util",
    "solutions": "python_bindings.solutions",
}
_CLASSES = {
    "BaseOptions": "python_bindings.landmarker.base_options",
    "CalculatorGraph": "python_bindings.mediapipe_api.calculator_graph",
    "FaceLandmarker": "python_bindings.landmarker.face_landmarker",
    "FaceLandmarkerOptions": "python_bindings.landmarker.face_landmarker_options",
    "FaceLandmarkerResult": "python_bindings.landmarker.face_landmarker_result",
    "FaceMeshAnnotator": "python_bindings.landmarker.face_mesh_annotator",
    "GraphInputStreamAddMode": "python_bindings.mediapipe_api.graph_input_stream_add_mode",
    "Image": "python_bindings.mediapipe_api.image",
    "ImageFormat": "python_bindings.mediapipe_api.image_format",
    "ImageFrame": "python_bindings.mediapipe_api.image_frame",
    "Matrix": "python_bindings.mediapipe_api.matrix",
    "Packet": "python_bindings.mediapipe_api.packet",
    "RunningMode": "python_bindings.landmarker.running_mode",
    "Timestamp": "python_bindings.mediapipe_api.timestamp",
    "ValidatedGraphConfig": "python_bindings.mediapipe_api.validated_graph_config",
}


def __getattr__(name: str):
    """Loads a public name on first use, so that importing the package costs next to nothing."""
    home = _MODULES.get(name) or _CLASSES.get(name)
    if home is None:
        raise AttributeError(f"module 'attention_mesh' has no attribute {name!r}")
    value = importlib.import_module(f"attention_mesh.{home}")
    if name in _CLASSES:
        value = getattr(value, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES, *_CLASSES})
