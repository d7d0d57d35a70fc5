"""The package wgpu: imports it when a device is first asked for, and holds what is private to it."""

from __future__ import annotations

import functools
import os
import sys
import tempfile
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from attention_mesh.webgpu.errors import GpuMissingPackageError

# The backends on which shaders compile as WebGPU promises. OpenGL is none of them.
_BACKENDS = {"darwin": ["Metal"], "win32": ["DX12", "Vulkan"]}


@functools.cache
def load_wgpu() -> ModuleType:
    """The package, with its instance set up. The first caller in a process decides the instance's settings.

    Raises:
        GpuMissingPackageError: it is not installed; the text names the extra.
    """
    if not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        # Without a display, the drivers' search for one prints errors if this folder is unknown.
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    try:
        import wgpu
    except ImportError as error:
        raise GpuMissingPackageError(
            "the GPU needs the package wgpu, which is not installed: pip install 'attention-mesh[gpu]' "
            "(Python 3.11 or newer)"
        ) from error
    try:
        from wgpu.backends.wgpu_native.extras import set_instance_extras

        # Without flags there is no validation pass of the library's own before each indirect dispatch.
        set_instance_extras(backends=_BACKENDS.get(sys.platform, ["Vulkan"]), flags=["Empty"])
    except (ImportError, RuntimeError, KeyError):
        pass  # a wgpu that has no such function, or an instance that somebody else made: slower, not wrong
    return wgpu


class DispatchList:
    """Dispatches in a row, recorded by the C functions under wgpu's methods, at a third of their time.

    They are private to wgpu. If they are not where they were, the public methods record the same.

    Attributes:
        is_fast: whether the C functions were found.
    """

    def __init__(self, dispatches: Sequence[tuple[Any, int, int, int]]) -> None:
        """Takes (pipeline, x, y, z) each, a pipeline and numbers of workgroups."""
        self._dispatches = list(dispatches)
        self._native = _native_calls()
        try:
            self._flat = [(pipeline._internal, x, y, z) for pipeline, x, y, z in self._dispatches]
        except AttributeError:
            self._native = None
        self.is_fast = self._native is not None

    def record(self, compute_pass: Any) -> None:
        """Records the dispatches into a compute pass whose bind groups are set."""
        if self._native is None:
            for pipeline, x, y, z in self._dispatches:
                compute_pass.set_pipeline(pipeline)
                compute_pass.dispatch_workgroups(x, y, z)
            return
        set_pipeline, dispatch, _ = self._native
        handle = compute_pass._internal
        for pipeline, x, y, z in self._flat:
            set_pipeline(handle, pipeline)
            dispatch(handle, x, y, z)

    def record_indirect(self, compute_pass: Any, arguments: Any) -> None:
        """As `record`, but the numbers of workgroups are in a buffer: three 32-bit integers per dispatch."""
        if self._native is None:
            for place, (pipeline, *_) in enumerate(self._dispatches):
                compute_pass.set_pipeline(pipeline)
                compute_pass.dispatch_workgroups_indirect(arguments, 12 * place)
            return
        set_pipeline, _, dispatch = self._native
        handle, buffer = compute_pass._internal, arguments._internal
        for place, (pipeline, *_) in enumerate(self._flat):
            set_pipeline(handle, pipeline)
            dispatch(handle, buffer, 12 * place)


def map_for_reading(buffer: Any, size: int) -> bytes:
    """The first bytes of a staging buffer, when everything that was submitted before is done.

    Args:
        buffer: has the usage MAP_READ.
        size: in bytes, a multiple of 4.
    """
    try:
        # wgpu's own name for a read without an empty submission before it: the copy is already submitted.
        buffer.map_sync("READ_NOSYNC", 0, size)
    except (KeyError, ValueError, TypeError):
        buffer.map_sync("READ", 0, size)
    try:
        return bytes(buffer.read_mapped(0, size, copy=False))
    finally:
        buffer.unmap()


@functools.cache
def _native_calls() -> tuple[Any, Any, Any] | None:
    """The C functions that set a pipeline, and dispatch in two ways; None if wgpu has moved them."""
    try:
        from wgpu.backends.wgpu_native._ffi import lib

        return (
            lib.wgpuComputePassEncoderSetPipeline,
            lib.wgpuComputePassEncoderDispatchWorkgroups,
            lib.wgpuComputePassEncoderDispatchWorkgroupsIndirect,
        )
    except (ImportError, AttributeError):
        return None
