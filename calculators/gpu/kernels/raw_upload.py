"""Upload of pictures: their bytes as they are, of which the GPU makes a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from attention_mesh.media.raw_picture import RAW_FORMATS, RawPicture, yuv_coefficients
from attention_mesh.webgpu.gpu_buffer import GpuBuffer, GpuTensor
from attention_mesh.webgpu.gpu_recorder import GpuRecorder

RAW_COLORS = Path(__file__).with_name("raw_colors.wgsl")
_SHADER = RAW_COLORS.with_name("raw_picture.wgsl"), RAW_COLORS
_GROUP = 8  # the workgroup's sides in the shader
_CHANNELS = {"gray": 1, "rgba": 4, "bgra": 4}


class RawGpuBuffer(GpuBuffer):
    """A picture on a device, in bytes of a camera or a decoder. It becomes RGBA if a node needs a texture.

    Attributes:
      words: its bytes.
      constants: those of raw_colors.wgsl, which say what the bytes mean.
    """

    __slots__ = ("_converted", "_gpu", "constants", "words")

    def __init__(self, gpu: GpuRecorder, raw: RawPicture, words: GpuTensor, places: list[int]) -> None:
        """Takes the bytes of a picture and the byte at which each of its planes begins."""
        self.width, self.height = raw.size
        self.channels = _CHANNELS.get(raw.format, 3)
        self.words = words
        self.constants = _constants(raw, places)
        self._gpu = gpu
        self._pool = None  # words and texture return to it by themselves
        self._converted: GpuBuffer | None = None

    @property
    def is_raw(self) -> bool:
        """Whether nobody asked for a texture so far."""
        return self._converted is None

    @property
    def texture(self) -> Any:
        """wgpu's texture; the first call records the conversion."""
        return self._converted_picture().texture

    @property
    def view(self) -> Any:
        """wgpu's view of the texture."""
        return self._converted_picture().view

    def _converted_picture(self) -> GpuBuffer:
        with self._gpu.sequence():
            if self._converted is None:
                picture = self._gpu.picture((self.width, self.height), self.channels)
                groups = -(-self.width // _GROUP), -(-self.height // _GROUP), 1
                self._gpu.dispatch(_SHADER, [self.words, picture], groups, self.constants)
                self._converted = picture
            return self._converted


def upload_raw(gpu: GpuRecorder, raw: RawPicture) -> GpuBuffer:
    """A picture on the device; the processor copies its bytes, and does nothing else with them."""
    places, size = [], 0
    for plane in raw.planes:
        places.append(size)
        size += -(-plane.size // 4) * 4
    words = gpu.tensor((size // 4,))
    for plane, place in zip(raw.planes, places, strict=True):
        gpu.upload_bytes(words, plane, place)
    return RawGpuBuffer(gpu, raw, words, places)


def _constants(raw: RawPicture, places: list[int]) -> dict[str, Any]:
    constants: dict[str, Any] = {
        "format": RAW_FORMATS.index(raw.format),
        "columns": raw.size[0],
        "rows": raw.size[1],
        "row": raw.planes[0].shape[1],
    }
    if len(places) > 1:
        constants |= {"second_at": places[1], "half_row": raw.planes[1].shape[1]}
    if len(places) > 2:
        constants |= {"third_at": places[2], "third_row": raw.planes[2].shape[1]}
    if raw.format in ("yuy2", "nv12", "i420"):
        (black, step), rows = yuv_coefficients(raw.matrix, raw.is_full_range)
        constants |= {
            "black": black,
            "step": step,
            "red_of_red": rows[0][1],
            "green_of_blue": rows[1][0],
            "green_of_red": rows[1][1],
            "blue_of_blue": rows[2][0],
        }
    return constants


def as_raw(image: np.ndarray) -> RawPicture:
    """An image, (H, W), (H, W, 1), (H, W, 3) RGB or (H, W, 4) RGBA uint8, as a picture of that format."""
    channels = image.shape[2] if image.ndim == 3 else 1
    return RawPicture.from_array(image, {1: "gray", 3: "rgb", 4: "rgba"}[channels])
