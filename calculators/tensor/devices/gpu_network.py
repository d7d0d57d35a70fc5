"""GpuNetwork: a network whose inputs and outputs stay on the GPU of a graph."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from attention_mesh.limits import MAX_MODEL_BYTES, read_file
from attention_mesh.webgpu.compiler.compile_network import choose_target, compile_network
from attention_mesh.webgpu.gpu_buffer import GpuTensor
from attention_mesh.webgpu.gpu_recorder import GpuRecorder
from attention_mesh.webgpu.program import ProgramTensor
from attention_mesh.webgpu.program_runner import ProgramRunner

_KERNELS = Path(__file__).parents[2] / "gpu" / "kernels"
_ARGUMENTS = _KERNELS / "indirect_arguments.wgsl"
_MOVE = _KERNELS / "move_entries.wgsl"
_MOVE_GROUP = 64  # the workgroup's size in the shader
_MOST_MOVE_GROUPS = 512


class _Kept:
    """What all users of a network share on one device: each copies its tensors in and out, one after another.

    Attributes:
      program: the compiled network.
      runner: with room for the largest batch so far.
      indirect: the numbers of workgroups, and the buffer of arguments.
    """

    def __init__(self, content: bytes, precision: str, target: str) -> None:
        self.program = compile_network(content, precision, target)
        self.runner: ProgramRunner | None = None
        self.indirect: tuple[GpuTensor, Any] | None = None


class GpuNetwork:
    """Records runs of a network, for batches of any size.

    The network is compiled by our own compiler. What it gives is what LiteRT gives, up to rounding.

    Attributes:
      input_names, output_names: of the tensors, in the network's order.
      input_shapes: theirs, with a leading 1.
    """

    def __init__(self, gpu: GpuRecorder, model: Path | bytes, may_be_half: bool = False) -> None:
        """Compiles the network. The pipelines are made when the first tensors arrive.

        Args:
          gpu: where it records.
          model: a .tflite file, or its content.
          may_be_half: whether convolutions calculate with 16-bit floats where the adapter has them.

        Raises:
          UnsupportedNetworkError: the compiler lacks an operator of the network; the text names it.
        """
        self._gpu = gpu
        content = model if isinstance(model, bytes) else read_file(model, MAX_MODEL_BYTES)
        target = choose_target(gpu.device)
        precision = "float16" if may_be_half and "f16" in gpu.device.features else "float32"
        self._kept: _Kept = gpu.keep(
            ("network", hashlib.sha256(content).digest(), precision),
            lambda: _Kept(content, precision, target),
        )
        self._program = self._kept.program
        self.input_names = list(self._program.inputs)
        sizes = ["x".join(map(str, tensor.shape[1:])) for tensor in self._program.inputs.values()]
        self._stage = f"network of {', '.join(sizes)}"
        self.output_names = list(self._program.outputs)
        self.input_shapes = [tensor.shape for tensor in self._program.inputs.values()]

    def run(self, inputs: Sequence[GpuTensor], count: GpuTensor | None = None) -> list[GpuTensor]:
        """Records a run.

        Args:
          inputs: (F, …) each, in the network's order.
          count: (1,) uint32, K: only the first K of F faces are run, the numbers of the others mean nothing.
            None runs all.

        Returns:
          (F, …) each, in the network's order.

        Raises:
          ValueError: the number of tensors or a shape is wrong, or the batches differ.
        """
        faces = self._check(inputs)
        gpu, program = self._gpu, self._program
        results = [gpu.tensor((faces, *tensor.shape[1:])) for tensor in program.outputs.values()]
        if faces:
            with gpu.sequence():
                runner = self._kept.runner
                if runner is None or runner.items < faces:
                    runner = self._kept.runner = ProgramRunner(gpu.device, program, faces)
                for tensor, known in zip(inputs, program.inputs.values(), strict=True):
                    self._put(tensor, runner.arena, known, faces)
                self._record(runner, faces, count)
                for tensor, known in zip(results, program.outputs.values(), strict=True):
                    self._take(tensor, runner.arena, known, faces)
        return results

    def _record(self, runner: ProgramRunner, faces: int, count: GpuTensor | None) -> None:
        if count is None:
            with self._gpu.compute_pass(self._stage) as compute_pass:
                runner.record(compute_pass, faces)
            return
        number = len(self._program.dispatches)
        if self._kept.indirect is None:
            workgroups = np.array([dispatch.workgroups for dispatch in self._program.dispatches], np.uint32)
            arguments = self._gpu.device.create_buffer(12 * number, "STORAGE|INDIRECT", "arguments")
            self._kept.indirect = self._gpu.upload(workgroups), arguments
        workgroups_gpu, arguments = self._kept.indirect
        constants = {"dispatches": number, "most": faces}
        self._gpu.dispatch(
            _ARGUMENTS, [count, workgroups_gpu, arguments], (-(-number // 64), 1, 1), constants
        )
        with self._gpu.compute_pass(self._stage) as compute_pass:
            runner.record_indirect(compute_pass, arguments)

    def _put(self, tensor: GpuTensor, arena: Any, known: ProgramTensor, faces: int) -> None:
        """Records an input's way into the arena."""
        offset, stride = known.offset // 4, self._program.arena_bytes // 4
        if not tensor.write_into(arena, offset, stride):
            self._move(tensor.buffer, arena, known, faces, target_offset=offset, target_stride=stride)

    def _take(self, tensor: GpuTensor, arena: Any, known: ProgramTensor, faces: int) -> None:
        """Records an output's way out of the arena, which the next run writes to."""
        offset, stride = known.offset // 4, self._program.arena_bytes // 4
        self._move(arena, tensor.buffer, known, faces, source_offset=offset, source_stride=stride)

    def _move(self, source: Any, target: Any, known: ProgramTensor, faces: int, **places: int) -> None:
        numbers = known.size // 4
        groups = min(-(-numbers // _MOVE_GROUP), _MOST_MOVE_GROUPS), faces, 1
        constants = {"numbers": numbers, "source_stride": numbers, "target_stride": numbers} | places
        self._gpu.dispatch(_MOVE, [source, target], groups, constants)

    def _check(self, inputs: Sequence[GpuTensor]) -> int:
        expected = list(self._program.inputs.values())
        if len(inputs) != len(expected):
            raise ValueError(f"the model has {len(expected)} inputs, got {len(inputs)} tensors")
        for tensor, known in zip(inputs, expected, strict=True):
            if tensor.shape[1:] != known.shape[1:] or tensor.shape[0] != inputs[0].shape[0]:
                sizes = ", ".join(str(size) for size in ("F", *known.shape[1:]))
                raise ValueError(
                    f"the input {known.name} takes ({sizes}), the same F for all inputs; got {tensor.shape}"
                )
        return inputs[0].shape[0]
