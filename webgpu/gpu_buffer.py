"""GpuBuffer and GpuTensor: a picture and numbers on a device, as packets of a graph carry them."""

from __future__ import annotations

import math
import weakref
from typing import Any

from attention_mesh.webgpu.resource_pool import ResourcePool


class GpuBuffer:
    """A picture on a device: MediaPipe's name for it. Nobody writes to it once it is sent.

    Its memory goes back to the pool that it is from when the last reference to it is gone.

    Attributes:
      width, height: in pixels.
      channels: those that the picture has, 1, 3 or 4; gray lies in all of red, green and blue, and alpha is
        255 unless there are 4.
      texture: wgpu's texture, four bytes per pixel (rgba8unorm), origin top-left.
      view: wgpu's view of the whole texture, for a bind group.
    """

    __slots__ = ("width", "height", "channels", "texture", "view", "__weakref__")

    def __init__(self, texture: Any, view: Any, channels: int = 4, pool: ResourcePool | None = None) -> None:
        self.channels = channels
        self.width, self.height = texture.size[:2]
        self.texture = texture
        self.view = view
        if pool is not None:
            weakref.finalize(self, pool.give_back, texture)

    def __repr__(self) -> str:
        return f"GpuBuffer({self.width}x{self.height})"


class GpuTensor:
    """An array of 32-bit numbers on a device. Nobody writes to it once it is sent.

    Attributes:
      shape: of the array; the leading axis is often that of the faces.
      buffer: wgpu's buffer, whose first bytes are the array, row by row.
    """

    __slots__ = ("shape", "buffer", "__weakref__")

    def __init__(self, buffer: Any, shape: tuple[int, ...], pool: ResourcePool | None = None) -> None:
        self.shape = shape
        self.buffer = buffer
        if pool is not None:
            weakref.finalize(self, pool.give_back, buffer)

    @property
    def size(self) -> int:
        """In bytes."""
        return 4 * math.prod(self.shape)

    def __repr__(self) -> str:
        return f"GpuTensor{self.shape}"
