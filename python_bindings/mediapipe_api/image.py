"""Image: an image, under the name that MediaPipe's newer graphs use."""

from __future__ import annotations

import os

import numpy as np

from attention_mesh.limits import read_file
from attention_mesh.media.errors import MediaError
from attention_mesh.media.picture_size import check_encoded_size
from attention_mesh.python_bindings.mediapipe_api.image_format import ImageFormat
from attention_mesh.python_bindings.mediapipe_api.image_pixels import ImagePixels

__all__ = ["Image"]


class Image(ImagePixels):
    """An image on the CPU, see `ImagePixels`."""

    @classmethod
    def create_from_file(cls, file_name: str | os.PathLike) -> Image:
        """Reads an image file as SRGB; as SRGBA if it has an alpha channel, as GRAY8 if it is gray.

        16-bit values keep their upper 8 bits. The camera's orientation (EXIF) has no effect.

        Raises:
          RuntimeError: the file cannot be read, is no image, or declares more pixels than
            `limits.max_pixels`.
        """
        import cv2

        path = os.fspath(file_name)
        if not os.path.isfile(path):
            raise RuntimeError(f"Image decoding failed (no such file): {path}")
        content = read_file(path)  # OpenCV takes only names in UTF-8, on Windows only ASCII
        try:
            check_encoded_size(content)
        except MediaError as error:
            raise RuntimeError(f"Image decoding failed: {path}: {error}") from error
        data = np.frombuffer(content, np.uint8)
        pixels: np.ndarray | None = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if content else None
        if pixels is None:
            raise RuntimeError(f"Image decoding failed (unknown image type): {path}")
        if pixels.dtype == np.uint16:
            pixels = (pixels >> 8).astype(np.uint8)
        if pixels.ndim == 3:
            to_rgb = cv2.COLOR_BGR2RGB if pixels.shape[2] == 3 else cv2.COLOR_BGRA2RGBA
            pixels = cv2.cvtColor(pixels, to_rgb)
        return cls(ImageFormat.of_array(pixels), pixels)

    @property
    def step(self) -> int:
        """Bytes from one row to the next."""
        return self._pixels.strides[0]

    def uses_gpu(self) -> bool:
        """False."""
        return False
