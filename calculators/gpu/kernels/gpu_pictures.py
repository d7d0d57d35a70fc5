"""Pictures on the GPU, scaled, turned, mirrored and cut out, as OpenCV does it on the CPU."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from attention_mesh.geometry.image_transformation import ImageTransformation
from attention_mesh.webgpu.gpu_buffer import GpuBuffer

if TYPE_CHECKING:
    from attention_mesh.webgpu.gpu_recorder import GpuRecorder

_FOLDER = Path(__file__).parent
_WARP, _RESIZE = _FOLDER / "warp_picture.wgsl", _FOLDER / "resize_picture.wgsl"
_METHODS = {"nearest": 0, "linear": 1, "area": 2}  # in the shader
_GROUP = 8  # the workgroup's sides in both shaders


def warped_picture(
    gpu: GpuRecorder,
    picture: GpuBuffer,
    size: tuple[int, int],
    to_source: np.ndarray,
    *,
    nearest: bool = False,
    border: str = "zero",
) -> GpuBuffer:
    """A picture whose pixels come from where a map sends them.

    Args:
      gpu: where it is recorded.
      picture: the source.
      size: (width, height) of the result.
      to_source: (2, 3), from column, row, 1 of a pixel to x and y of a pixel in the source.
      nearest: takes the nearest pixel; else four, bilinearly.
      border: what lies outside the source, "replicate" (its edge pixels) or "zero" (black).
    """
    result = gpu.picture(size, picture.channels)
    constants = {
        "is_nearest": nearest,
        "is_border_zero": border == "zero",
        "has_alpha": picture.channels == 4,
    }
    rows = gpu.upload(np.ascontiguousarray(to_source, np.float32).reshape(6))
    gpu.dispatch(_WARP, [picture, rows, result], _groups(size), constants)
    return result


def transformed_picture(
    gpu: GpuRecorder, picture: GpuBuffer, transformation: ImageTransformation
) -> GpuBuffer:
    """What `ImageTransformation.apply` makes of the picture, within a gray level."""
    if transformation.scales:
        picture = _scaled(gpu, picture, transformation)
    size = picture.width, picture.height
    new_size, to_source = transformation.turn_to_source(size)
    if new_size == size and np.array_equal(to_source, np.eye(3)[:2]):
        return picture
    return warped_picture(gpu, picture, new_size, to_source)


def _scaled(gpu: GpuRecorder, picture: GpuBuffer, transformation: ImageTransformation) -> GpuBuffer:
    placement = transformation.placement((picture.width, picture.height))
    result = gpu.picture(placement.output_size, picture.channels)
    red, green, blue = transformation.padding_color or (0, 0, 0)
    if picture.channels == 1:
        green = blue = red
    constants = {
        "method": _METHODS[placement.method],
        "is_replicated": transformation.padding_color is None,
        "red": red,
        "green": green,
        "blue": blue,
        "has_alpha": picture.channels == 4,
    }
    part = gpu.upload(np.array([placement.left, placement.top, *placement.size], np.int32))
    gpu.dispatch(_RESIZE, [picture, part, result], _groups(placement.output_size), constants)
    return result


def _groups(size: tuple[int, int]) -> tuple[int, int, int]:
    return -(-size[0] // _GROUP), -(-size[1] // _GROUP), 1
