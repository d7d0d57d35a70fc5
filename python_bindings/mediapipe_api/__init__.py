"""MediaPipe's Python framework on this package's engine, name for name, file for file.

`attention_mesh.python` is this package, as `mediapipe.python` is after ``install_as("mediapipe")``. The names
that MediaPipe's `mediapipe.python` re-exports are loaded on first use.
"""

import importlib

_NAMES = (
    "CalculatorGraph",
    "GraphInputStreamAddMode",
    "Image",
    "ImageFormat",
    "ImageFrame",
    "Matrix",
    "Packet",
    "Timestamp",
    "ValidatedGraphConfig",
)


def __getattr__(name: str):
    if name not in _NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module("attention_mesh"), name)
