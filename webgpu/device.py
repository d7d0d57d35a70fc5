"""GpuDevice: an opened adapter, its buffers, shaders and submissions, and a count of what it does."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import numpy as np

from attention_mesh.forks import tell_forked_process
from attention_mesh.webgpu.adapters import PORTABLE_LIMITS, Adapter, check_adapter, choose_adapter
from attention_mesh.webgpu.compile_notice import CompileNotice
from attention_mesh.webgpu.errors import GpuError, GpuLostError, GpuMemoryError, NoGpuError, ShaderError
from attention_mesh.webgpu.wgpu_package import create_shader_module, load_wgpu

T = TypeVar("T")

# A large buffer holds many tensors, so these two are as large as the adapter allows.
_LARGEST = ("max-buffer-size", "max-storage-buffer-binding-size")
_FEATURES = {
    "f16": ("shader-f16",),
    "timestamps": ("timestamp-query",),
    "subgroups": ("subgroup", "subgroups"),
}


@dataclass
class GpuCounters:
    """How often a device did what costs time.

    Attributes:
        submissions: command lists handed to the queue.
        uploads: arrays written into buffers or textures.
        reads: buffers copied back to the processor.
        waits: times the processor waited for the device. A read waits, too.
    """

    submissions: int = 0
    uploads: int = 0
    reads: int = 0
    waits: int = 0

    def since(self, before: GpuCounters) -> GpuCounters:
        """What was added after a copy, `replace(counters)`, was taken."""
        old = asdict(before)
        return GpuCounters(**{name: count - old[name] for name, count in asdict(self).items()})


class GpuDevice:
    """A device on an adapter. Whatever fails on it raises a `GpuError`.

    A device is used by one thread at a time. It has WebGPU's portable limits, so that shaders which run on it
    run on other adapters, too.

    Attributes:
        adapter: where it runs.
        features: those of "f16", "subgroups" and "timestamps" that the adapter has, all of them enabled.
        counters: what it has done so far.
        notice: tells that shaders are being compiled, if that takes long.
        handle: wgpu's own device, for calls that this class does not have; put them into a `guard`.
    """

    def __init__(
        self,
        choice: str | Adapter = "auto",
        features: Sequence[str] = (),
        limits: Mapping[str, int] | None = None,
    ) -> None:
        """Opens the device.

        Args:
            choice: an adapter, or what `choose_adapter` takes.
            features: of "f16", "subgroups", "timestamps", those without which the program cannot run.
            limits: by WebGPU's names with hyphens, where more is needed than `PORTABLE_LIMITS`.

        Raises:
            GpuMissingPackageError: the package wgpu is not installed.
            NoGpuError: there is no such adapter, it lacks a feature or a limit, or this process was forked
                from one that used wgpu.
        """
        self._wgpu = load_wgpu()
        self.adapter = choose_adapter(choice) if isinstance(choice, str) else choice
        unknown = sorted(set(features) - set(_FEATURES))
        if unknown:
            raise NoGpuError(f"there is no feature {unknown[0]!r}; there are {', '.join(sorted(_FEATURES))}")
        wanted = {**PORTABLE_LIMITS, **(limits or {})}
        check_adapter(self.adapter, features, wanted)
        largest = {name: self.adapter.limits[name] for name in _LARGEST}
        self.features = frozenset(name for name in _FEATURES if getattr(self.adapter, f"has_{name}"))
        theirs = [
            name for ours in self.features for name in _FEATURES[ours] if name in self.adapter.handle.features
        ]
        try:
            self.handle: Any = self.adapter.handle.request_device_sync(
                required_features=theirs, required_limits={**largest, **wanted}
            )
        except Exception as error:  # wgpu has no common class for this
            raise NoGpuError(f"the adapter {self.adapter} opens no device: {error}") from error
        self._fence = self.handle.create_buffer(size=4, usage="COPY_SRC", label="fence")
        self.counters = GpuCounters()
        self.is_closed = False
        self._kept: dict[Any, Any] = {}
        self.notice = CompileNotice(str(self.adapter))
        tell_forked_process(self)

    def __enter__(self) -> GpuDevice:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def guard(self, what: str) -> _Guard:
        """A block in which wgpu's errors become ours. `what` says what is done, as in "the shader crop"."""
        return _Guard(self, what)

    def keep(self, key: Any, make: Callable[[], T]) -> T:
        """What `make` returned for this key the first time; kept as long as the device.

        It is for what takes long to make, such as pipelines.
        """
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    def create_buffer(self, size: int, usage: str, label: str = "") -> Any:
        """A buffer of zeros.

        Args:
            size: in bytes; rounded up to a multiple of 4.
            usage: WebGPU's names, as in "STORAGE|COPY_DST".
            label: names it in errors.

        Raises:
            GpuMemoryError: it is too large.
        """
        size = max(4, -(-int(size) // 4) * 4)
        with self.guard(f"the buffer {label} of {size} bytes"):
            if size > self.handle.limits["max-buffer-size"]:
                raise GpuMemoryError(
                    f"the buffer {label} of {size} bytes is larger than {self.adapter} allows, "
                    f"{self.handle.limits['max-buffer-size']} bytes"
                )
            return self.handle.create_buffer(size=size, usage=usage, label=label)

    def create_texture(
        self, size: tuple[int, int], usage: str, format: str = "rgba8unorm", label: str = ""
    ) -> Any:
        """A texture of (width, height) pixels; `usage` as in "TEXTURE_BINDING|COPY_DST"."""
        limit = self.handle.limits["max-texture-dimension-2d"]
        if not all(0 < side <= limit for side in size):
            raise GpuMemoryError(
                f"a picture of {size[0]}x{size[1]} does not fit on {self.adapter}: "
                f"a side has 1 to {limit} pixels"
            )
        with self.guard(f"the texture {label} of {size[0]}x{size[1]}"):
            return self.handle.create_texture(size=(*size, 1), usage=usage, format=format, label=label)

    def create_shader(self, source: str | Path | tuple[Path, ...], label: str = "") -> Any:
        """A shader module.

        Args:
            source: WGSL whose loops all end, or the path of a .wgsl file, whose name then is the label; or
                those of several files that make one shader, the one with its name first.
            label: names it in errors.

        Raises:
            ShaderError: it does not compile.
        """
        if isinstance(source, Path):
            source = (source,)
        if isinstance(source, tuple):
            label = label or source[0].name
            source = "\n".join(path.read_text(encoding="utf-8") for path in source)
        with self.guard(f"the shader {label}"):
            return create_shader_module(self.handle, source, label)

    def create_pipeline(
        self,
        shader: Any,
        layout: Any = "auto",
        entry: str = "main",
        constants: Mapping[str, float] | None = None,
    ) -> Any:
        """A compute pipeline of a shader, with values for its `override` constants.

        Raises:
            ShaderError: the entry, the constants or the layout do not fit.
        """
        stage = {"module": shader, "entry_point": entry, "constants": dict(constants or {})}
        given = f" with {dict(constants)}" if constants else ""
        start = time.monotonic()
        with self.guard(f"the pipeline of the shader {shader.label}{given}"):
            pipeline = self.handle.create_compute_pipeline(layout=layout, compute=stage)
        self.notice.made_pipeline(time.monotonic() - start)
        return pipeline

    def create_bind_group(self, layout: Any, resources: Sequence[Any]) -> Any:
        """A bind group of buffers and texture views, at the bindings 0, 1, 2 …"""
        entries = [
            {
                "binding": place,
                "resource": {"buffer": resource} if hasattr(resource, "map_state") else resource,
            }
            for place, resource in enumerate(resources)
        ]
        with self.guard("a bind group"):
            return self.handle.create_bind_group(layout=layout, entries=entries)

    def upload(self, buffer: Any, array: np.ndarray, offset: int = 0) -> None:
        """Writes an array into a buffer, from a byte offset on, before whatever is submitted next."""
        with self.guard("an upload"):
            self.handle.queue.write_buffer(buffer, offset, np.ascontiguousarray(array))
        self.counters.uploads += 1

    def upload_texture(self, texture: Any, pixels: np.ndarray) -> None:
        """Writes a whole picture, (H, W, 4) uint8, into a texture of its size."""
        height, width = pixels.shape[:2]
        layout = {"bytes_per_row": 4 * width, "rows_per_image": height}
        with self.guard("an upload"):
            pixels = np.ascontiguousarray(pixels)
            self.handle.queue.write_texture({"texture": texture}, pixels, layout, (width, height, 1))
        self.counters.uploads += 1

    def create_encoder(self, label: str = "") -> Any:
        """A command encoder, whose `finish()` is submitted."""
        with self.guard("a command encoder"):
            return self.handle.create_command_encoder(label=label)

    def submit(self, *encoders: Any) -> None:
        """Finishes encoders and hands their commands to the queue, in one submission.

        Raises:
            GpuError: a command is wrong.
            GpuLostError: the device is gone.
        """
        with self.guard("a submission"):
            self.handle.queue.submit([encoder.finish() for encoder in encoders])
        self.counters.submissions += 1

    def read(self, buffer: Any, dtype: Any, shape: Sequence[int], offset: int = 0) -> np.ndarray:
        """Waits for the device, and returns a part of a buffer as an array.

        Args:
            buffer: has the usage COPY_SRC.
            dtype: of the array.
            shape: of the array.
            offset: in bytes, a multiple of 4.
        """
        dtype = np.dtype(dtype)
        count = int(np.prod(shape))
        if count == 0:
            return np.zeros(shape, dtype)
        size = -(-count * dtype.itemsize // 4) * 4
        with self.guard("a read"), self.notice:
            content = self.handle.queue.read_buffer(buffer, offset, size)
        self.counters.submissions += 1
        self.counters.reads += 1
        self.counters.waits += 1
        return np.frombuffer(content, dtype, count).reshape(shape).copy()

    def read_texture(self, texture: Any) -> np.ndarray:
        """Waits for the device, and returns a texture of four bytes per pixel as (H, W, 4) uint8."""
        width, height = texture.size[:2]
        row = -(-4 * width // 256) * 256  # bytes, as WebGPU aligns rows
        layout = {"bytes_per_row": row, "rows_per_image": height}
        with self.guard("a read"):
            content = self.handle.queue.read_texture({"texture": texture}, layout, (width, height, 1))
        self.counters.submissions += 1
        self.counters.reads += 1
        self.counters.waits += 1
        return (
            np.frombuffer(content, np.uint8)
            .reshape(height, row)[:, : 4 * width]
            .reshape(height, width, 4)
            .copy()
        )

    def wait(self) -> None:
        """Waits until everything submitted is done."""
        with self.guard("a wait"), self.notice:
            # The queue is served in order. wgpu 0.32 has a call for this, which raises TypeError.
            self.handle.queue.read_buffer(self._fence)
        self.counters.submissions += 1
        self.counters.waits += 1

    def leave_to_parent(self) -> None:
        """Counts as closed in a forked process, which lacks the driver's threads."""
        self.is_closed = True

    def close(self) -> None:
        """Gives the device and its memory back; a second call does nothing."""
        if not self.is_closed:
            self.is_closed = True
            self._kept.clear()
            self.handle.destroy()


class _Guard:
    """Turns wgpu's errors into ours. A class, because a generator takes ten times as long to enter."""

    __slots__ = ("_device", "_what")

    def __init__(self, device: GpuDevice, what: str) -> None:
        self._device = device
        self._what = what

    def __enter__(self) -> None:
        if self._device.is_closed:
            raise GpuLostError(f"{self._what}: the device on {self._device.adapter} is closed")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        wgpu = self._device._wgpu
        theirs = wgpu.GPUError, wgpu.GPUPipelineError, RuntimeError, MemoryError
        if error is None or isinstance(error, GpuError) or not isinstance(error, theirs):
            return
        text = _essence(str(error))
        place = f"{self._what}, on {self._device.adapter}"
        if "device is lost" in text.lower() or "device lost" in text.lower():
            raise GpuLostError(
                f"{place}: the device was lost; the driver was reset or the card is gone. "
                "Open it again, or take the device cpu"
            ) from error
        if isinstance(error, (wgpu.GPUOutOfMemoryError, MemoryError)) or "out of memory" in text.lower():
            raise GpuMemoryError(f"{place}: out of memory: {text}") from error
        if self._what.startswith(("the shader", "the pipeline")):
            raise ShaderError(f"{place} does not compile: {text}") from error
        raise GpuError(f"{place}: {text}") from error


def _essence(text: str) -> str:
    """An error of wgpu's without its head, which says that it is one."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    while len(lines) > 1 and (
        lines[0].strip() in ("Validation Error", "Caused by:") or "  In wgpu" in lines[0]
    ):
        lines.pop(0)
    return "\n".join(lines).strip()
