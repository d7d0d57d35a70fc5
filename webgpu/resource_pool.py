"""ResourcePool: buffers and textures of a device that are used again once their commands are submitted."""

from __future__ import annotations

import heapq
import threading
from collections import defaultdict, deque
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

    Of those that are free, the oldest is lent. So frames that ask for the same get the same, and bind groups
    of earlier frames fit.

    Any thread may give back, also while an object is collected.
    """

    def __init__(self, device: GpuDevice) -> None:
        self._device = device
        self._known: dict[int, tuple[int, Any, Any]] = {}  # id -> number, key, resource
        self._free: dict[Any, list[tuple[int, Any]]] = defaultdict(list)  # heaps of number and resource
        self._returned: deque[Any] = deque()
        self._views: dict[int, Any] = {}
        self._lock = threading.Lock()

    def buffer(self, size: int, is_staging: bool = False) -> Any:
        """A buffer of at least so many bytes, of any content; a staging buffer is for reads."""
        size = max(256, 1 << (size - 1).bit_length())  # so that few sizes serve all
        key = is_staging, size
        usage = _STAGING if is_staging else _BUFFER
        return self._lent(key) or self._added(key, self._device.create_buffer(size, usage, "pooled"))

    def texture(self, size: tuple[int, int]) -> Any:
        """A texture of (width, height) pixels, rgba8unorm, of any content."""
        key = "texture", size
        return self._lent(key) or self._added(
            key, self._device.create_texture(size, _TEXTURE, label="pooled")
        )

    def view(self, texture: Any) -> Any:
        """The view of a texture of this pool, the same one each time."""
        with self._lock:
            if id(texture) not in self._views:
                self._views[id(texture)] = texture.create_view()
            return self._views[id(texture)]

    def give_back(self, resource: Any) -> None:
        """Takes a buffer or texture of this pool back that nobody uses in new commands any more."""
        # Without the lock: the garbage collector may call this while this thread holds it.
        self._returned.append(resource)

    def recycle(self) -> None:
        """Lends what was given back again; called after a submission."""
        with self._lock:
            while self._returned:
                number, key, resource = self._known[id(self._returned.popleft())]
                heapq.heappush(self._free[key], (number, resource))

    def _lent(self, key: Any) -> Any:
        with self._lock:
            free = self._free[key]
            return heapq.heappop(free)[1] if free else None

    def _added(self, key: Any, resource: Any) -> Any:
        with self._lock:
            self._known[id(resource)] = len(self._known), key, resource
        return resource
