"""An image on the CPU, under the name of MediaPipe's older graphs."""

from __future__ import annotations

from attention_mesh.python_bindings.mediapipe_api.image_format import ImageFormat
from attention_mesh.python_bindings.mediapipe_api.image_pixels import ImagePixels

__all__ = ["ImageFormat", "ImageFrame"]


class ImageFrame(ImagePixels):
    """See `ImagePixels`; `Image` is the same for newer graphs."""

    @property
    def byte_depth(self) -> int:
        """Bytes of one channel."""
        return self._pixels.itemsize
