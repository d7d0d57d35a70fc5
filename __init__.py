"""Attention Mesh: 478 3D face landmarks, by a graph of Python calculators.

``import attention_mesh as mp`` stands where ``import mediapipe as mp`` stood: `mp.solutions.face_mesh`,
`face_detection`, `drawing_utils` and `drawing_styles` are there under their old names. Our own interface is
`FaceLandmarker`, with what belongs to it.
"""

import importlib

import attention_mesh.calculators  # noqa: F401  (makes the built-in calculators and graphs findable)
from attention_mesh.python_bindings import module_aliases

module_aliases.install()

__version__ = "0.1.0"

_MODULES = {
    "solutions": "python_bindings.solutions",
}
_CLASSES = {
    "BaseOptions": "python_bindings.base_options",
    "FaceLandmarker": "python_bindings.face_landmarker",
    "FaceLandmarkerOptions": "python_bindings.face_landmarker_options",
    "FaceLandmarkerResult": "python_bindings.face_landmarker_result",
    "RunningMode": "python_bindings.running_mode",
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
