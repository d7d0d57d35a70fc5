"""GpuRecorder: the work that the nodes of a graph give a device, recorded into one list of commands."""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numpy as np

from attention_mesh.webgpu.device import GpuDevice
from attention_mesh.webgpu.gpu_buffer import GpuBuffer, GpuTensor
from attention_mesh.webgpu.native_calls import BoundDispatch
from attention_mesh.webgpu.readback import Landing, Readback
from attention_mesh.webgpu.resource_pool import ResourcePool
from attention_mesh.webgpu.stage_clock import StageClock

T = TypeVar("T")
Shader: TypeAlias = Path | tuple[Path, ...]
"""The path of a .wgsl file, or those of the files that make one shader, the one with its name first."""

_MOST_GROUPS = 256  # bind groups that are kept; a graph of a few nodes needs a few for each

_ROW = 256  # bytes, the multiple to which WebGPU aligns the rows of a copied texture


class GpuRecorder:
    """Records dispatches and copies in the order of the calls, and submits them together.

    Each node records what it does, and sends a handle to what that will write. A node that needs the numbers
    on the processor submits: so a frame is one submission, however many nodes it has. Any thread may call.

    Attributes:
        device: where the work runs.
        pool: where nodes take buffers and textures from.
        submissions: how often it has submitted.
        clock: measures the stages, if one is set. A stage is a shader, or a network.
    """

    def __init__(self, device: GpuDevice) -> None:
        self.device = device
        self.pool = ResourcePool(device)
        self.submissions = 0
        self.clock: StageClock | None = None
        self._stage = ""
        self._lock = threading.RLock()
        self._encoder: Any = None
        self._pass: Any = None
        self._pipelines: dict[Any, Any] = {}
        self._shaders: dict[Shader, Any] = {}
        self._groups: dict[tuple[Any, ...], tuple[BoundDispatch, list[Any]]] = {}

    # ---- what frames are made of ----------------------------------------------------------------
    def upload_picture(self, pixels: np.ndarray, channels: int = 4) -> GpuBuffer:
        """A picture, (H, W, 4) uint8 RGBA, on the device; `channels` as `GpuBuffer` has it."""
        with self._lock:
            picture = self.picture((pixels.shape[1], pixels.shape[0]), channels)
            self.device.upload_texture(picture.texture, pixels)
            return picture

    def picture(self, size: tuple[int, int], channels: int = 4) -> GpuBuffer:
        """A picture of (width, height) pixels and any content, for a dispatch to write."""
        texture = self.pool.texture(size)
        return GpuBuffer(texture, self.pool.view(texture), channels, self.pool)

    def upload(self, array: np.ndarray) -> GpuTensor:
        """An array of 32-bit numbers on the device."""
        if array.dtype.itemsize != 4:
            raise ValueError(f"a tensor on a device has 32-bit numbers, not {array.dtype}")
        with self._lock:
            tensor = self.tensor(array.shape)
            if array.size:
                self.device.upload(tensor.buffer, array)
            return tensor

    def upload_bytes(self, tensor: GpuTensor, content: np.ndarray, offset: int = 0) -> None:
        """Writes bytes into a tensor that nobody has used so far.

        Args:
            tensor: where to; it has room for a multiple of 4 bytes.
            content: uint8 of any shape.
            offset: in bytes, a multiple of 4.
        """
        flat = np.ascontiguousarray(content).reshape(-1)
        whole = flat.size // 4 * 4
        with self._lock:
            if whole:
                self.device.upload(tensor.buffer, flat[:whole], offset)
            if whole < flat.size:
                rest = np.zeros(4, np.uint8)
                rest[: flat.size - whole] = flat[whole:]
                self.device.upload(tensor.buffer, rest, offset + whole)

    def tensor(self, shape: tuple[int, ...]) -> GpuTensor:
        """A tensor of any content, for a dispatch to write."""
        size = 4 * math.prod(shape)
        return GpuTensor(self.pool.buffer(max(size, 4)), shape, self.pool)

    def keep(self, key: Any, make: Callable[[], T]) -> T:
        """As `GpuDevice.keep`; what is kept outlives the nodes of a run."""
        with self._lock:
            return self.device.keep(key, make)

    # ---- commands -------------------------------------------------------------------------------
    def dispatch(
        self,
        shader: Shader,
        resources: Sequence[Any],
        groups: tuple[int, int, int],
        constants: Mapping[str, float] | None = None,
        entry: str = "main",
    ) -> None:
        """Records a dispatch.

        Args:
            shader: the path of a .wgsl file, compiled once, or those of its parts.
            resources: GpuTensors, GpuBuffers or wgpu's own, at the bindings 0, 1, 2 … of group 0. The shader
                uses each of them.
            groups: numbers of workgroups; with a zero among them nothing is recorded.
            constants: values of the shader's `override` constants.
            entry: the function in the shader.

        Raises:
            ShaderError: the shader does not compile.
        """
        if 0 in groups:
            return
        first = shader if isinstance(shader, Path) else shader[0]
        with self._lock:
            bound = self._bound(shader, entry, constants, [_resource(resource) for resource in resources])
            if self._pass is None or self.clock is not None:
                self._open_pass(first.stem)
            with self.device.guard(first.name):
                bound.record(self._pass, groups)

    def _bound(
        self, shader: Shader, entry: str, constants: Mapping[str, float] | None, resources: list[Any]
    ) -> BoundDispatch:
        """A pipeline with resources. Frames use the same memory, so theirs come back."""
        key = shader, entry, tuple(constants.items()) if constants else (), tuple(map(id, resources))
        known = self._groups.pop(key, None)
        if known is None:
            pipeline = self.pipeline(shader, constants, entry)
            group = self.device.create_bind_group(pipeline.get_bind_group_layout(0), resources)
            known = BoundDispatch(pipeline, group), resources
            if len(self._groups) >= _MOST_GROUPS:
                del self._groups[next(iter(self._groups))]
        # It holds what the key names, so that no other object can get the same id. The last one used is last.
        self._groups[key] = known
        return known[0]

    def pipeline(
        self, shader: Shader, constants: Mapping[str, float] | None = None, entry: str = "main"
    ) -> Any:
        """The pipeline of a shader's file, made once for each set of constants."""
        key = shader, entry, tuple(constants.items()) if constants else ()
        with self._lock:
            if key not in self._pipelines:
                if shader not in self._shaders:
                    self._shaders[shader] = self.device.create_shader(shader)
                module = self._shaders[shader]
                self._pipelines[key] = self.device.create_pipeline(module, "auto", entry, constants)
            return self._pipelines[key]

    @contextlib.contextmanager
    def sequence(self) -> Iterator[None]:
        """A block within which no other thread records."""
        with self._lock:
            yield

    @contextlib.contextmanager
    def compute_pass(self, stage: str = "") -> Iterator[Any]:
        """wgpu's compute pass, for whoever records by himself; nobody else records within the block.

        Args:
            stage: what a clock calls it.
        """
        with self._lock:
            if self._pass is None or self.clock is not None:
                self._open_pass(stage)
            yield self._pass

    def _open_pass(self, stage: str) -> None:
        """Opens a pass; with a clock, one for each stage."""
        if self._pass is not None and stage == self._stage:
            return
        with self.device.guard("a compute pass"):
            encoder, self._stage = self._outside_pass(), stage
            writes = None if self.clock is None else self.clock.writes(stage)
            self._pass = encoder.begin_compute_pass(timestamp_writes=writes)

    def copy(
        self, source: Any, target: Any, size: int, source_offset: int = 0, target_offset: int = 0
    ) -> None:
        """Records a copy of bytes from one of wgpu's buffers to another; all numbers are multiples of 4."""
        with self._lock, self.device.guard("a copy"):
            encoder = self._outside_pass()
            encoder.copy_buffer_to_buffer(source, source_offset, target, target_offset, size)

    def submit(self) -> None:
        """Submits what is recorded; does nothing if nothing is."""
        with self._lock:
            if self._encoder is not None:
                encoder = self._outside_pass()
                self._encoder = None
                if self.clock is not None:
                    self.clock.resolve(encoder)
                self.submissions += 1
                self.device.submit(encoder)
                self.pool.recycle()

    # ---- back to the processor ------------------------------------------------------------------
    def read(self, tensor: GpuTensor, dtype: Any = np.float32) -> Readback:
        """Records the way back of a tensor; `Readback.result` waits for it."""
        return self.read_all([tensor], dtype)[0]

    def read_all(self, tensors: Sequence[GpuTensor], dtype: Any = np.float32) -> list[Readback]:
        """As `read`, for tensors that come back together: the first result that is asked for brings all."""
        places = [0]
        for tensor in tensors:
            places.append(places[-1] + tensor.size)
        with self._lock:
            buffers = [tensor.buffer if tensor.size else None for tensor in tensors]
            landing = self._landing(places[-1])
            for tensor, buffer, place in zip(tensors, buffers, places, strict=False):
                if tensor.size:
                    self.copy(buffer, landing.staging, tensor.size, 0, place)
        return [
            Readback(landing, place, np.dtype(dtype), tensor.shape, tensor.shape)
            for tensor, place in zip(tensors, places, strict=False)
        ]

    def read_picture(self, picture: GpuBuffer) -> Readback:
        """Records the way back of a picture, whose result is (H, W, 4) uint8."""
        row = -(-4 * picture.width // _ROW) * _ROW
        with self._lock, self.device.guard("a copy"):
            texture = picture.texture  # some are only made now
            landing = self._landing(row * picture.height)
            self._outside_pass().copy_texture_to_buffer(
                {"texture": texture},
                {"buffer": landing.staging, "bytes_per_row": row, "rows_per_image": picture.height},
                (picture.width, picture.height, 1),
            )
        padded = picture.height, row // 4, 4
        return Readback(landing, 0, np.dtype(np.uint8), padded, (picture.height, picture.width, 4))

    def _landing(self, size: int) -> Landing:
        number = self.submissions

        def submit() -> None:
            with self._lock:
                if self.submissions == number:
                    self.submit()

        return Landing(self.device, self.pool, size, submit)

    def _outside_pass(self) -> Any:
        """The frame's encoder, opened if need be, with no pass open."""
        if self._pass is not None:
            self._pass.end()
            self._pass = None
        if self._encoder is None:
            self._encoder = self.device.create_encoder("frame")
        return self._encoder


def _resource(resource: Any) -> Any:
    if isinstance(resource, GpuTensor):
        return resource.buffer
    return resource.view if isinstance(resource, GpuBuffer) else resource
