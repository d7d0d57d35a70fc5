"""MediaPipe's Python names over this package's engine; `attention_mesh.python` is this package.

What MediaPipe's ``mediapipe.python`` hands on, ``CalculatorGraph`` and so on, is here, too; it is loaded on
first use.
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
