"""Image and ImageFormat under MediaPipe's path."""

from attention_mesh.python_bindings.mediapipe_api.image import Image
from attention_mesh.python_bindings.mediapipe_api.image_format import ImageFormat

__all__ = ["Image", "ImageFormat"]
