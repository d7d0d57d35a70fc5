"""The package wgpu: imports it when a device is first asked for, and reads buffers back."""

from __future__ import annotations

import functools
import os
import re
import sys
import tempfile
from types import ModuleType, SimpleNamespace
from typing import Any

from attention_mesh.extras import install_command
from attention_mesh.forks import tell_forked_process
from attention_mesh.webgpu.errors import GpuMissingPackageError, NoGpuError

# The backends on which shaders compile as WebGPU promises. OpenGL is none of them.
_BACKENDS = {"darwin": ["Metal"], "win32": ["DX12", "Vulkan"]}


def load_wgpu() -> ModuleType:
    """The package, with its instance set up. The first caller in a process decides the instance's settings.

    Raises:
        GpuMissingPackageError: it is not installed; the text names the extra.
        NoGpuError: this process was forked from one that had loaded it.
    """
    if _fork.is_child:
        raise NoGpuError(
            "this process was forked from one that used a GPU, and lacks the driver's threads; start it "
            'without a fork: multiprocessing.get_context("spawn")'
        )
    return _loaded()


@functools.cache
def _loaded() -> ModuleType:
    if not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        # Without a display, the drivers' search for one prints errors if this folder is unknown.
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    try:
        import wgpu
    except ImportError as error:
        raise GpuMissingPackageError(
            f"the GPU needs the package wgpu, which is not installed: {install_command('gpu')} "
            "(Python 3.11 or newer)"
        ) from error
    _read_types()
    try:
        from wgpu.backends.wgpu_native.extras import set_instance_extras

        # Without flags there is no validation pass of the library's own before each indirect dispatch.
        set_instance_extras(backends=_BACKENDS.get(sys.platform, ["Vulkan"]), flags=["Empty"])
    except (ImportError, RuntimeError, KeyError):
        pass  # a wgpu that has no such function, or an instance that somebody else made: slower, not wrong
    tell_forked_process(_fork)
    return wgpu


def _read_types() -> None:
    """Reads the names of C types that wgpu uses, all at once.

    cffi reads a type's name when it is first used, and a list of all other types before it, which takes
    14 ms. A graph's first frame uses 50 names. If cffi or wgpu has moved what is needed here, cffi reads them
    one by one.
    """
    try:
        from wgpu.backends.wgpu_native._ffi import ffi
    except ImportError:
        return
    try:
        # By name what declares it. Functions, "WGPUProc…", are called and not named.
        structs = [name for name in ffi.list_types()[0] if re.match("WGPU(?!Proc)", name)]
        types = {name: name for name in ("intptr_t", "uintptr_t", "uint8_t *")}
        types |= {f"{name} *": f"{name} *" for name in structs}
        arrays = [f"{name}[]" for name in (*structs, "uint32_t")]
        arrays += ["char []", "uint8_t []", "uint32_t []"]
        types |= {name: name.replace("[]", "(*)[]") for name in arrays}
        found = ffi.typeof(f"void(*)({', '.join(types.values())})").args
        for name, kind in zip(types, found, strict=True):
            known = kind.item if name.endswith("[]") else kind
            ffi._parsed_types.setdefault(name, (known, False))
    except (AttributeError, ValueError, ffi.error):
        pass


class _Fork:
    """Whether this process was forked from one that had loaded wgpu."""

    is_child = False

    def leave_to_parent(self) -> None:
        """Lets wgpu's objects release nothing, because the library would wait for its threads."""
        self.is_child = True
        classes = vars(sys.modules["wgpu.backends.wgpu_native._api"]).values()
        for kind in [kind for kind in classes if isinstance(kind, type) and "_release" in vars(kind)]:
            setattr(kind, "_release", _release_nothing)  # noqa: B010 - the class is wgpu's


def _release_nothing(_: object) -> None:
    pass


_fork = _Fork()


@functools.cache
def native_library() -> Any | None:
    """The C functions under wgpu's methods, `NULL`, and arrays of C; None if wgpu has moved them.

    They record a command at a third of a method's time, because each method makes objects and looks for
    errors. A wrong command is an error of the submission anyway.
    """
    try:
        from wgpu.backends.wgpu_native._ffi import ffi, lib

        return SimpleNamespace(
            set_pipeline=lib.wgpuComputePassEncoderSetPipeline,
            set_bind_group=lib.wgpuComputePassEncoderSetBindGroup,
            dispatch=lib.wgpuComputePassEncoderDispatchWorkgroups,
            dispatch_indirect=lib.wgpuComputePassEncoderDispatchWorkgroupsIndirect,
            NULL=ffi.NULL,
            new_integers=functools.partial(ffi.new, "uint32_t[]"),
        )
    except (ImportError, AttributeError):
        return None


def create_shader_module(device: Any, code: str, label: str) -> Any:
    """A shader module whose loops all end by themselves.

    WebGPU's library counts the turns of each loop, lest a driver assume that an endless one ends. On software
    adapters, that takes 6 % of a network's time. Reads and writes beyond a buffer's end are checked as ever.
    If wgpu has moved what is needed here, loops are counted.

    Args:
        device: wgpu's device.
        code: WGSL.
        label: names it in errors.
    """
    try:
        from wgpu.backends.wgpu_native._api import (
            GPUShaderModule,
            ffi,
            lib,
            libf,
            new_struct_p,
            to_c_string_view,
        )

        source = new_struct_p("WGPUShaderSourceWGSL *", code=to_c_string_view(code))
        source[0].chain.next = ffi.NULL
        source[0].chain.sType = lib.WGPUSType_ShaderSourceWGSL
        chain = ffi.cast("WGPUChainedStruct *", source)
        name = to_c_string_view(label)
        description = new_struct_p("WGPUShaderModuleDescriptor *", nextInChain=chain, label=name)
        create, checks = libf.wgpuDeviceCreateShaderModuleTrusted, lib.WGPUShaderRuntimeChecks_BoundsChecks
    except (ImportError, AttributeError, KeyError):
        return device.create_shader_module(code=code, label=label)
    return GPUShaderModule(label, create(device._internal, description, checks), device)


def timestamp_period_ns(device: Any) -> float:
    """How many nanoseconds a step of a device's clock has; 1 if wgpu does not say."""
    try:
        from wgpu.backends.wgpu_native._ffi import lib

        return float(lib.wgpuQueueGetTimestampPeriod(device.queue._internal))
    except (ImportError, AttributeError):
        return 1.0


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
