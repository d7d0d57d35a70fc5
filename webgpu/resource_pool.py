"""ResourcePool: buffers and textures of a device that are used again once their commands are submitted."""

from __future__ import annotations

import threading
import weakref
from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from attention_mesh.webgpu.device import GpuDevice

_BUFFER = "STORAGE|COPY_DST|COPY_SRC"
_STAGING = "MAP_READ|COPY_DST"
_TEXTURE = "TEXTURE_BINDING|STORAGE_BINDING|COPY_DST|COPY_SRC"


class ResourcePool:
    """Makes buffers and textures, and takes them back.

    What is given back may still be named by commands that are recorded but not submitted. So it is lent
    again only after the next call of `recycle`, which follows a submission: writes that come later in the
    queue then come after those commands.

    Any thread may give back.
    """

    def __init__(self, device: GpuDevice) -> None:
        self._device = device
        self._free: dict[Any, list[Any]] = defaultdict(list)
        self._returned: list[Any] = []
        self._views: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()
        self._lock = threading.Lock()

    def buffer(self, size: int, is_staging: bool = False) -> Any:
        """A buffer of at least so many bytes, of any content; a staging buffer is for reads."""
        size = max(256, 1 << (size - 1).bit_length())  # so that few sizes serve all
        usage = _STAGING if is_staging else _BUFFER
        return self._lent(("buffer", size, is_staging)) or self._device.create_buffer(size, usage, "pooled")

    def texture(self, size: tuple[int, int]) -> Any:
        """A texture of (width, height) pixels, rgba8unorm, of any content."""
        return self._lent(("texture", size)) or self._device.create_texture(size, _TEXTURE, label="pooled")

    def view(self, texture: Any) -> Any:
        """The view of a texture of this pool, the same one each time."""
        with self._lock:
            if texture not in self._views:
                self._views[texture] = texture.create_view()
            return self._views[texture]

    def give_back(self, resource: Any) -> None:
        """Takes a buffer or texture back that nobody uses in new commands any more."""
        with self._lock:
            self._returned.append(resource)

    def recycle(self) -> None:
        """Lends what was given back again; called after a submission."""
        with self._lock:
            returned, self._returned = self._returned, []
            for resource in returned:
                self._free[_key(resource)].append(resource)

    def _lent(self, key: Any) -> Any:
        with self._lock:
            free = self._free[key]
            return free.pop() if free else None


def _key(resource: Any) -> Any:
    if hasattr(resource, "map_state"):
        return "buffer", resource.size, not resource.usage & 128  # WebGPU's bit of STORAGE
    return "texture", tuple(resource.size[:2])
