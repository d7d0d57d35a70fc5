"""Readback: numbers on their way from a device to the processor."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from attention_mesh.webgpu.wgpu_package import map_for_reading

if TYPE_CHECKING:
    from attention_mesh.webgpu.device import GpuDevice
    from attention_mesh.webgpu.resource_pool import ResourcePool


class Landing:
    """A staging buffer, which comes back to the processor once.

    Attributes:
        staging: wgpu's buffer, which a recorded command fills.
    """

    def __init__(self, device: GpuDevice, pool: ResourcePool, size: int, submit: Callable[[], None]) -> None:
        """Takes the buffer's size in bytes, and what sees to it that the command is submitted."""
        self.staging: Any = pool.buffer(max(size, 4), is_staging=True)
        self._device, self._pool, self._submit = device, pool, submit
        self._size = -(-size // 8) * 8
        self._content: bytes | None = None
        self._lock = threading.Lock()

    def content(self) -> bytes:
        """Waits for the device. The first call does so."""
        with self._lock:
            if self._content is None:
                self._submit()
                content = b""
                if self._size:
                    with self._device.guard("a read"), self._device.notice:
                        content = map_for_reading(self.staging, self._size)
                    self._device.counters.reads += 1
                    self._device.counters.waits += 1
                self._pool.give_back(self.staging)
                self._content, self.staging = content, None
            return self._content


class Readback:
    """Numbers on their way from a device to the processor: a promise, which may be a packet of a graph.

    Its thread may be another one than that which records.
    """

    def __init__(
        self,
        landing: Landing,
        place: int,
        dtype: np.dtype,
        padded: tuple[int, ...],
        shape: tuple[int, ...],
    ) -> None:
        self._landing, self._place = landing, place
        self._dtype, self._padded, self._shape = dtype, padded, shape

    def result(self) -> np.ndarray:
        """Waits for the device, and returns the array, which nobody may write to.

        What is recorded is submitted before, if the commands of this are among it.

        Raises:
            GpuLostError: the device is gone.
        """
        content, count = self._landing.content(), math.prod(self._padded)
        array = np.frombuffer(content, self._dtype, count, self._place) if count else np.zeros(0, self._dtype)
        whole = array.reshape(self._padded)
        return np.ascontiguousarray(whole[tuple(slice(side) for side in self._shape)])
