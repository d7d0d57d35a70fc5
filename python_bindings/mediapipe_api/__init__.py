"""MediaPipe's Python framework on this package's engine, name for name, file for file.

`attention_mesh.python` is this package, as `mediapipe.python` is after ``install_as("mediapipe")``. The names
that MediaPipe's `mediapipe.python` re-exports are loaded on first use.
"""

from typing import TYPE_CHECKING

from attention_mesh.framework.lazy_names import lazy_names

if TYPE_CHECKING:
    from attention_mesh.python_bindings.mediapipe_api.calculator_graph import (
        CalculatorGraph,
        GraphInputStreamAddMode,
    )
    from attention_mesh.python_bindings.mediapipe_api.image import Image
    from attention_mesh.python_bindings.mediapipe_api.image_format import ImageFormat
    from attention_mesh.python_bindings.mediapipe_api.image_frame import ImageFrame
    from attention_mesh.python_bindings.mediapipe_api.matrix import Matrix
    from attention_mesh.python_bindings.mediapipe_api.packet import Packet
    from attention_mesh.python_bindings.mediapipe_api.timestamp import Timestamp
    from attention_mesh.python_bindings.mediapipe_api.validated_graph_config import ValidatedGraphConfig

__all__ = [
    "CalculatorGraph",
    "GraphInputStreamAddMode",
    "Image",
    "ImageFormat",
    "ImageFrame",
    "Matrix",
    "Packet",
    "Timestamp",
    "ValidatedGraphConfig",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "CalculatorGraph": "calculator_graph",
        "GraphInputStreamAddMode": "calculator_graph",
        "Image": "image",
        "ImageFormat": "image_format",
        "ImageFrame": "image_frame",
        "Matrix": "matrix",
        "Packet": "packet",
        "Timestamp": "timestamp",
        "ValidatedGraphConfig": "validated_graph_config",
    },
)
