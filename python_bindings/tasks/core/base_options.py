"""BaseOptions under MediaPipe's path."""

from attention_mesh.python_bindings.landmarker.base_options import BaseOptions

__all__ = ["BaseOptions"]
