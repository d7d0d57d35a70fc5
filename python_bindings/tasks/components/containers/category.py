"""Category under MediaPipe's path."""

from attention_mesh.python_bindings.landmarker.category import Category

__all__ = ["Category"]
