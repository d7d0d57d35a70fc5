"""GpuCropper: cuts rotated rectangles out of an image on the GPU, as `Cropper` does on the CPU."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from attention_mesh.calculators.gpu.kernels.raw_upload import RAW_COLORS, RawGpuBuffer
from attention_mesh.webgpu.gpu_buffer import GpuBuffer, GpuTensor
from attention_mesh.webgpu.gpu_recorder import GpuRecorder

_CROP = Path(__file__).with_name("crop.wgsl")
_TEXTURE_COLORS = _CROP.with_name("texture_colors.wgsl")
_GROUP = 8  # the workgroup's sides in the shader


class GpuCropper:
    """Records the crops of rectangles into tensors of float32.

    Args:
      gpu: where it records.
      size: (width, height) of the crops in pixels.
      value_range: the values that 0 and 255 map to.
      border: what lies outside the image, "replicate" (its edge pixels) or "zero" (black).
    """

    def __init__(
        self, gpu: GpuRecorder, size: tuple[int, int], value_range: tuple[float, float], border: str
    ) -> None:
        self.size = size
        self._gpu = gpu
        self._uploaded: tuple[object, GpuTensor] | None = None
        low, high = value_range
        self._constants = {
            "width": size[0],
            "height": size[1],
            "scale": (high - low) / 255,
            "shift": low,
            "is_border_zero": border == "zero",
        }

    def crop(
        self, picture: GpuBuffer, rects_px: GpuTensor | np.ndarray | Sequence[Sequence[float]]
    ) -> GpuTensor:
        """The crops of all rectangles: (F, height, width, 3).

        Args:
          picture: the image.
          rects_px: (F, 5); x_center, y_center, width, height in pixels of the image, rotation in radians,
            clockwise. Rows of numbers, or a tensor on the GPU, whose rows may be longer.
        """
        if not isinstance(rects_px, GpuTensor):
            # A detector's regions are the same object in every frame.
            if self._uploaded is None or self._uploaded[0] is not rects_px:
                rows = self._gpu.upload(np.asarray(rects_px, np.float32).reshape(-1, 5))
                self._uploaded = rects_px, rows
            rects_px = self._uploaded[1]
        width, height = self.size
        rects, faces = rects_px, rects_px.shape[0]
        groups = -(-width // _GROUP), -(-height // _GROUP), faces
        constants = {**self._constants, "row_length": rects.shape[1]}

        def write(buffer: Any, offset: int, stride: int) -> None:
            places = {**constants, "offset": offset, "stride": stride}
            reads = 4 * faces * width * height  # pixels, for bilinear samples
            is_less = reads < picture.width * picture.height
            source: GpuBuffer | GpuTensor = picture
            shader = _CROP, _TEXTURE_COLORS
            if is_less and isinstance(picture, RawGpuBuffer) and picture.is_raw:
                source, shader = picture.words, (_CROP, RAW_COLORS)
                places |= picture.constants
            self._gpu.dispatch(shader, [source, rects, buffer], groups, places)

        return GpuTensor(None, (faces, height, width, 3), self._gpu.pool, write)
