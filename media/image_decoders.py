"""Decoders of photos in memory: OpenCV and FFmpeg, and the conversion to 8-bit RGB. Errors lack the path."""

from __future__ import annotations

import io

import cv2
import numpy as np

from attention_mesh.media.errors import MediaError

COLOR = cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH
"""Flags of OpenCV: three channels, 8 or 16 bits, upright. IMREAD_COLOR_RGB needs OpenCV 4.11."""

WHITE_16 = 65535


def decode_with_opencv(data: np.ndarray, name: str, flags: int = COLOR) -> np.ndarray:
    """Decodes a file of the format `name`, (bytes,) uint8, as BGR. Raises MediaError or cv2.error."""
    image = cv2.imdecode(data, flags)
    if image is None or image.size == 0:
        raise MediaError(f"OpenCV cannot decode this {name}; it is damaged or cut off.")
    return image


def decode_with_ffmpeg(data: np.ndarray) -> np.ndarray:
    """Decodes the first picture of a file as RGB, 8 or 16 bits. Raises OSError or ValueError."""
    import av

    with av.open(io.BytesIO(data.tobytes()), mode="r") as container:
        frame = next(container.decode(video=0))
        return frame.to_ndarray(format="rgb48le" if frame.format.components[0].bits > 8 else "rgb24")


def to_8_bits(image: np.ndarray, white: int = WHITE_16) -> np.ndarray:
    """Scales 16 bits to 8, so that `white` becomes 255; 8 bits stay. Raises MediaError for other types."""
    if image.dtype == np.uint16:
        return cv2.convertScaleAbs(image, alpha=255 / white)
    if image.dtype != np.uint8:
        raise MediaError(f"the image has {image.dtype} channels; expected 8 or 16 bit.")
    return image


def bgr_to_rgb8(image: np.ndarray, white: int = WHITE_16) -> np.ndarray:
    """BGR of 8 or 16 bits as RGB of 8; see `to_8_bits`."""
    return cv2.cvtColor(to_8_bits(image, white), cv2.COLOR_BGR2RGB)
