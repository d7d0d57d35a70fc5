"""GpuOverlay: a drawing that was made on the CPU, laid over a picture on the GPU."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from attention_mesh.webgpu.gpu_buffer import GpuBuffer
from attention_mesh.webgpu.gpu_recorder import GpuRecorder

_SHADER = Path(__file__).with_name("overlay.wgsl")
_GROUP = 8  # the workgroup's sides in the shader


def empty_drawing(size: tuple[int, int]) -> np.ndarray:
    """(height, width, 4) uint8 on which nothing is drawn yet, for a picture of `size` (width, height) pixels.

    Whoever draws writes (red, green, blue, 0); where a soft border covers a share, that share of it.
    """
    drawing = np.zeros((size[1], size[0], 4), np.uint8)
    drawing[:, :, 3] = 255
    return drawing


def lay_over(gpu: GpuRecorder, picture: GpuBuffer, drawing: np.ndarray) -> GpuBuffer:
    """Records a copy of a picture with a drawing over it. Only the part that is drawn on is uploaded.

    Args:
      gpu: where it records.
      picture: the picture. If it has alpha, that becomes 0 under the drawing, as in MediaPipe.
      drawing: (height, width, 4) uint8, of the picture's size, see `empty_drawing`.

    Returns:
      The copy, with color if the picture was gray; the picture itself if nothing is drawn.
    """
    left, top, width, height = cv2.boundingRect(cv2.bitwise_not(drawing[:, :, 3]))
    if not width:
        return picture
    packed = np.empty(4 + width * height, np.uint32)
    packed[:4] = left, top, width, height
    part = np.ascontiguousarray(drawing[top : top + height, left : left + width])
    packed[4:] = part.view("<u4").reshape(-1)
    size = picture.width, picture.height
    drawn = gpu.picture(size, max(picture.channels, 3))
    groups = -(-size[0] // _GROUP), -(-size[1] // _GROUP), 1
    constants = {"has_alpha": picture.channels == 4}
    gpu.dispatch(_SHADER, [gpu.upload(packed), picture, drawn], groups, constants)
    return drawn
