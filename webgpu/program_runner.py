"""ProgramRunner: a program on a device: its buffers and pipelines, and runs with arrays for tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from attention_mesh.webgpu.errors import GpuMemoryError, ProgramError
from attention_mesh.webgpu.native_calls import DispatchList
from attention_mesh.webgpu.program import Dispatch, Program, ProgramTensor

if TYPE_CHECKING:
    from attention_mesh.webgpu.device import GpuDevice

_FEATURES = {"shader-f16": "f16", "subgroups": "subgroups"}  # WebGPU's names, and the device's
_PARAMETER_BYTES = 256  # of a dispatch; offsets of uniform buffers are multiples of it on every adapter


class ProgramRunner:
    """Runs a program for a batch of up to `items` items, on one thread at a time.

    A graph records the program into its own command list (`record`), after dispatches that write the inputs
    into the arena and before those that read the outputs. Programs and tests that have arrays use `run`.

    Attributes:
        program: the program.
        items: the largest batch.
        arena: the buffer with all activations, a part of `program.arena_bytes` for each item.
    """

    def __init__(self, device: GpuDevice, program: Program, items: int = 1) -> None:
        """Makes the buffers and pipelines.

        Args:
            device: where to run.
            program: what to run.
            items: the largest batch, 1 or more.

        Raises:
            GpuMemoryError: the device's memory or the size of its buffers does not suffice.
            ShaderError: the device refuses a shader.
            ProgramError: the device lacks a feature that the program needs.
        """
        missing = [name for name in program.features if _FEATURES.get(name) not in device.features]
        if missing:
            raise ProgramError(f"the program needs {', '.join(missing)}, which {device.adapter} has not")
        self.program = program
        self.items = items
        self._device = device
        size, limit = items * program.arena_bytes, device.handle.limits["max-storage-buffer-binding-size"]
        if size > limit:
            raise GpuMemoryError(
                f"{items} items need an arena of {size} bytes; {device.adapter} binds {limit} at most, "
                f"{limit // program.arena_bytes} items"
            )
        self.arena = device.create_buffer(size, "STORAGE|COPY_SRC|COPY_DST", "arena")
        weights = device.create_buffer(len(program.weights), "STORAGE|COPY_DST", "weights")
        device.upload(weights, np.frombuffer(program.weights, np.uint8))
        layouts, self._layout = device.keep("layouts of programs", self._make_layouts)
        self._group = device.create_bind_group(layouts[0], [self.arena, weights])
        self._parameters, self._offsets = self._make_parameters(layouts[1])
        self._pipelines = [self._pipeline(dispatch) for dispatch in program.dispatches]
        self._lists: dict[int, DispatchList] = {}

    def _make_parameters(self, layout: Any) -> tuple[Any, list[int]]:
        """The bind group of the dispatches' parameters, and the byte at which those of each begin."""
        rows = [bytes(_PARAMETER_BYTES)]
        places = {rows[0]: 0}
        offsets = []
        for dispatch in self.program.dispatches:
            words = np.array(dispatch.parameters, np.int64).astype(np.uint32)
            row = words.tobytes().ljust(_PARAMETER_BYTES, b"\0")
            if row not in places:
                places[row] = _PARAMETER_BYTES * len(rows)
                rows.append(row)
            offsets.append(places[row])
        content = np.frombuffer(b"".join(rows), np.uint8)
        buffer = self._device.create_buffer(len(content), "UNIFORM|COPY_DST", "parameters")
        self._device.upload(buffer, content)
        binding = {"buffer": buffer, "offset": 0, "size": _PARAMETER_BYTES}
        return self._device.create_bind_group(layout, [binding]), offsets

    def _make_layouts(self) -> tuple[list[Any], Any]:
        """The layouts of the bind groups, and that of pipelines."""
        handle = self._device.handle
        groups = (
            [{"type": "storage"}, {"type": "read-only-storage"}],
            [{"type": "uniform", "has_dynamic_offset": True}],
        )
        with self._device.guard("the program's layout"):
            layouts = [
                handle.create_bind_group_layout(
                    entries=[
                        {"binding": binding, "visibility": "COMPUTE", "buffer": kind}
                        for binding, kind in enumerate(kinds)
                    ]
                )
                for kinds in groups
            ]
            return layouts, handle.create_pipeline_layout(bind_group_layouts=layouts)

    def _pipeline(self, dispatch: Dispatch) -> Any:
        """A pipeline, which serves all dispatches that differ in nothing but sizes and parameters.

        Those may be of other networks: a driver takes long to compile one.
        """
        device, source = self._device, self.program.shaders[dispatch.shader]
        entry, constants = dispatch.entry_point, dispatch.constants

        def make() -> Any:
            shader = device.keep(source, lambda: device.create_shader(source, dispatch.shader))
            return device.create_pipeline(shader, self._layout, entry, constants)

        return device.keep((source, entry, tuple(sorted(constants.items()))), make)

    def record(self, compute_pass: Any, items: int = 1) -> None:
        """Records the program into a compute pass. It sets bind groups 0 and 1.

        Args:
            compute_pass: an open pass.
            items: how many items of the batch to run, the first ones.
        """
        if not 1 <= items <= self.items:
            raise ProgramError(f"a batch of {items}; this runner has room for 1 to {self.items}")
        compute_pass.set_bind_group(0, self._group)
        self._list(items).record(compute_pass)

    def _list(self, items: int) -> DispatchList:
        if items not in self._lists:
            self._lists[items] = DispatchList(
                [
                    (pipeline, *dispatch.workgroups, items)
                    for pipeline, dispatch in zip(self._pipelines, self.program.dispatches, strict=True)
                ],
                self._parameters,
                self._offsets,
            )
        return self._lists[items]

    def record_indirect(self, compute_pass: Any, arguments: Any) -> None:
        """As `record`, for a number of items that only the device knows.

        Args:
            compute_pass: an open pass.
            arguments: a buffer with the usage INDIRECT: for each dispatch of the program its two numbers of
                workgroups and the number of items, three 32-bit integers. With 0 items nothing runs.
        """
        compute_pass.set_bind_group(0, self._group)
        self._list(1).record_indirect(compute_pass, arguments)

    def run(self, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Runs a batch: uploads, one submission, and one read for each output.

        Args:
            inputs: (N, *shape) by name, of the program's shapes without their leading one; 0 < N ≤ `items`.

        Returns:
            (N, *shape) float32 by name, new arrays.

        Raises:
            ProgramError: an input is missing, unknown, or of another shape.
            GpuError: the device fails.
        """
        arrays = self._checked(inputs)
        items = len(next(iter(arrays.values())))
        for name, array in arrays.items():
            for item in range(items):
                offset = item * self.program.arena_bytes + self.program.inputs[name].offset
                self._device.upload(self.arena, array[item], offset)
        encoder = self._device.create_encoder("program")
        compute_pass = encoder.begin_compute_pass()
        self.record(compute_pass, items)
        compute_pass.end()
        self._device.submit(encoder)
        return {name: self._read(tensor, items) for name, tensor in self.program.outputs.items()}

    def _read(self, tensor: ProgramTensor, items: int) -> np.ndarray:
        parts = [
            self._device.read(
                self.arena, np.float32, tensor.shape[1:], item * self.program.arena_bytes + tensor.offset
            )
            for item in range(items)
        ]
        return np.stack(parts)

    def _checked(self, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        expected = self.program.inputs
        if inputs.keys() != expected.keys():
            raise ProgramError(f"the inputs are {sorted(expected)}; given were {sorted(inputs)}")
        arrays = {name: np.asarray(inputs[name], np.float32) for name in expected}
        batch = {len(array) if array.ndim else 0 for array in arrays.values()}
        for name, array in arrays.items():
            shape = expected[name].shape[1:]
            if array.shape[1:] != shape or len(batch) > 1 or not 1 <= len(array) <= self.items:
                raise ProgramError(
                    f"the input {name} has the shape {array.shape}; expected (N, "
                    f"{', '.join(map(str, shape))}) with N from 1 to {self.items}, the same for all inputs"
                )
        return arrays
