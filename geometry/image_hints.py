"""Image hints: how to make (H, W, 3) uint8 RGB of another image, for error texts, and a check with them."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

_CHANNELS = (1, 3, 4)


def shape_hint(image: np.ndarray) -> str:
    """Returns the line that gives an image three channels, as a sentence; "" if there is no such line.

    Args:
      image: of any shape and dtype.
    """
    if image.ndim == 4:
        what = (
            "A batch of one becomes an image" if len(image) == 1 else "Give the images of a batch one by one,"
        )
        return f"{what} with image[0]."
    if image.ndim == 3 and image.shape[0] in _CHANNELS and image.shape[2] not in _CHANNELS:
        return "The channels come first; they come last with image.transpose(1, 2, 0)."
    if image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 1):
        return "A gray image becomes RGB with cv2.cvtColor(image, cv2.COLOR_GRAY2RGB)."
    if image.ndim == 3 and image.shape[2] == 4:
        return "Drop the alpha channel with image[..., :3]."
    return ""


def object_hint(image: Any) -> str:
    """Returns the line that makes an array of something else, as a sentence; "" if there is no such line.

    Args:
      image: no array: a path, the bytes of a file, a Pillow image, a tensor, a list.
    """
    if image is None:
        return "Was the file read? cv2.imread gives None for one that it cannot read."
    if isinstance(image, (str, os.PathLike)):
        file = repr(os.fspath(image))
        return f"A file becomes an image with cv2.cvtColor(cv2.imread({file}), cv2.COLOR_BGR2RGB)."
    if isinstance(image, (bytes, bytearray, memoryview)):
        decoded = "cv2.imdecode(numpy.frombuffer(image, numpy.uint8), cv2.IMREAD_COLOR)"
        return f"The bytes of a file become an image with cv2.cvtColor({decoded}, cv2.COLOR_BGR2RGB)."
    if isinstance(image, (list, tuple)):
        return "A list of rows becomes an array with numpy.array(image, numpy.uint8)."
    library = type(image).__module__.partition(".")[0]
    if library == "PIL":
        return "A Pillow image becomes an array with numpy.asarray(image.convert('RGB'))."
    if library == "torch":
        return _tensor_hint(image, "image.detach().cpu().numpy()")
    return _tensor_hint(image, "numpy.asarray(image)") if hasattr(image, "__array__") else ""


def _tensor_hint(image: Any, line: str) -> str:
    """The whole way from a tensor to an image, as far as its shape and type say it."""
    shape = tuple(getattr(image, "shape", ()))
    if len(shape) == 4:
        line, shape = f"{line}[0]", shape[1:]
    if len(shape) == 3 and shape[0] in _CHANNELS and shape[2] not in _CHANNELS:
        line = f"{line}.transpose(1, 2, 0)"
    if "float" in str(getattr(image, "dtype", "")):
        line = f"({line} * 255).round().astype(numpy.uint8)"
        return f"A tensor with values in [0, 1] becomes an image with {line}."
    return f"A tensor becomes an image with {line}."


def check_color_image(image: np.ndarray) -> None:
    """Raises ValueError for an image other than (H, W, 3) RGB or (H, W, 4) RGBA of uint8 with pixels."""
    if image.ndim != 3 or image.shape[2] not in (3, 4) or image.dtype != np.uint8:
        hints = [hint for hint in (shape_hint(image), dtype_hint(image)) if hint]
        raise ValueError(
            f"the image has shape {image.shape} and type {image.dtype}; expected (H, W, 3) uint8, RGB"
            + "".join(f". {hint.rstrip('.')}" for hint in hints)
        )
    if not image.size:
        raise ValueError(f"the image has no pixels: its shape is {image.shape}")


def dtype_hint(image: np.ndarray) -> str:
    """Returns the line that makes the values of an image bytes, as a sentence, by the range of the values.

    A cast alone would make an image with values in [0, 1] black, and one with 16 bits noise.

    Args:
      image: of any shape and dtype.

    Returns:
      The sentence; "" for uint8 and for values that are no numbers.
    """
    kind = image.dtype.kind
    if kind == "b":
        return "A mask becomes 8-bit with image.astype(numpy.uint8) * 255."
    if kind not in "iuf" or image.dtype == np.uint8:
        return ""
    finite = image[np.isfinite(image)] if kind == "f" else image
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if kind == "f" and -1 <= low < 0 and high <= 1:
        return "An image in [-1, 1] becomes 8-bit with ((image + 1) * 127.5).round().astype(numpy.uint8)."
    if kind == "f" and 0 <= low and high <= 1:
        return "An image in [0, 1] becomes 8-bit with (image * 255).round().astype(numpy.uint8)."
    if 0 <= low and high <= 255:
        rounded = ".round()" if kind == "f" else ""
        return f"An image with values from 0 to 255 becomes 8-bit with image{rounded}.astype(numpy.uint8)."
    if image.dtype == np.uint16:
        return "A full-range 16-bit image becomes 8-bit with (image >> 8).astype(numpy.uint8)."
    return f"Its values lie between {low:g} and {high:g}; scale them to 0 to 255 first."
