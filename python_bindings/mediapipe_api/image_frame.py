"""ImageFrame: an image, under the name that MediaPipe's older graphs use."""

from __future__ import annotations

from attention_mesh.python_bindings.mediapipe_api.image_format import ImageFormat
from attention_mesh.python_bindings.mediapipe_api.image_pixels import ImagePixels

__all__ = ["ImageFormat", "ImageFrame"]


class ImageFrame(ImagePixels):
    """An image on the CPU, see `ImagePixels`; `Image` is the same for newer graphs."""

    @property
    def byte_depth(self) -> int:
        """The bytes of one channel."""
        return self._pixels.itemsize
