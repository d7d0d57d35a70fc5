"""GpuBuffer, GpuTensor, GpuTensors: pictures and numbers on a device, as packets of a graph carry them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar

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

    memory: ClassVar[str] = "GPU"  # where values of this type lie: graphs are drawn by it
    __slots__ = ("width", "height", "channels", "texture", "view", "_pool")

    def __init__(self, texture: Any, view: Any, channels: int = 4, pool: ResourcePool | None = None) -> None:
        self.channels = channels
        self.width, self.height = texture.size[:2]
        self.texture = texture
        self.view = view
        self._pool = pool

    def __del__(self) -> None:
        if self._pool is not None:
            self._pool.give_back(self.texture)

    def __repr__(self) -> str:
        return f"GpuBuffer({self.width}x{self.height})"


class GpuTensor:
    """An array of 32-bit numbers on a device. Nobody writes to it once it is sent.

    Attributes:
      shape: of the array; the leading axis is often that of the faces.
    """

    memory: ClassVar[str] = "GPU"
    __slots__ = ("shape", "_buffer", "_pool", "_write")

    def __init__(
        self,
        buffer: Any,
        shape: tuple[int, ...],
        pool: ResourcePool | None = None,
        write: Callable[[Any, int, int], None] | None = None,
    ) -> None:
        """Takes what holds the array, or what will write it.

        Args:
          buffer: wgpu's buffer, whose first bytes are the array, row by row; None if `write` is given.
          shape: of the array.
          pool: that the buffer is from, and goes back to with the last reference to this object.
          write: records the commands that write the array into a buffer, from a place on, with a distance
            between two entries of the leading axis; both count numbers, not bytes. It is called when somebody
            needs the array: what goes nowhere is not calculated, and what goes into a network is written
            where the network reads it.
        """
        self.shape = shape
        self._buffer = buffer
        self._pool = pool
        self._write = write

    def __del__(self) -> None:
        if self._pool is not None and self._buffer is not None:
            self._pool.give_back(self._buffer)

    @property
    def buffer(self) -> Any:
        """wgpu's buffer, whose first bytes are the array, row by row."""
        if self._buffer is None and self._pool is not None and self._write is not None:
            self._buffer = self._pool.buffer(max(self.size, 4))
            self._write(self._buffer, 0, math.prod(self.shape[1:]))
            self._write = None
        return self._buffer

    def write_into(self, buffer: Any, offset: int, stride: int) -> bool:
        """Records the writing of an array that is nowhere so far.

        Args:
          buffer: where to.
          offset: of the first entry of the leading axis, in numbers.
          stride: distance between two of them, in numbers.

        Returns:
          False if the array is in a buffer of its own, from which the caller may copy it.
        """
        if self._write is None:
            return False
        self._write(buffer, offset, stride)
        return True

    @property
    def size(self) -> int:
        """In bytes."""
        return 4 * math.prod(self.shape)

    def __repr__(self) -> str:
        return f"GpuTensor{self.shape}"


class GpuTensors(list[GpuTensor]):
    """The tensors that a network takes or gives, all of them on a device."""

    memory: ClassVar[str] = "GPU"
