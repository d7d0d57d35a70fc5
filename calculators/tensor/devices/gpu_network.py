"""GpuNetwork: a network whose inputs and outputs stay on the GPU of a graph."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from attention_mesh.webgpu.compiler.compile_network import compile_network
from attention_mesh.webgpu.gpu_buffer import GpuTensor
from attention_mesh.webgpu.gpu_recorder import GpuRecorder
from attention_mesh.webgpu.program import ProgramTensor
from attention_mesh.webgpu.program_runner import ProgramRunner


class GpuNetwork:
    """Records runs of a network, for batches of any size.

    The network is compiled by our own compiler. What it gives is what LiteRT gives, up to rounding.

    Attributes:
      input_names, output_names: of the tensors, in the network's order.
    """

    def __init__(self, gpu: GpuRecorder, model: Path | bytes) -> None:
        """Compiles the network. The pipelines are made when the first tensors arrive.

        Raises:
          UnsupportedNetworkError: the compiler lacks an operator of the network; the text names it.
        """
        self._gpu = gpu
        self._program = compile_network(model if isinstance(model, bytes) else model.read_bytes())
        self.input_names = list(self._program.inputs)
        self.output_names = list(self._program.outputs)
        self._runner: ProgramRunner | None = None

    def run(self, inputs: Sequence[GpuTensor]) -> list[GpuTensor]:
        """Records a run.

        Args:
          inputs: (F, …) each, in the network's order.

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
                if self._runner is None or self._runner.items < faces:
                    self._runner = ProgramRunner(gpu.device, program, faces)
                for tensor, known in zip(inputs, program.inputs.values(), strict=True):
                    self._copy(tensor, known, faces, to_arena=True)
                with gpu.compute_pass() as compute_pass:
                    self._runner.record(compute_pass, faces)
                for tensor, known in zip(results, program.outputs.values(), strict=True):
                    self._copy(tensor, known, faces, to_arena=False)
        return results

    def _copy(self, tensor: GpuTensor, known: ProgramTensor, faces: int, to_arena: bool) -> None:
        assert self._runner is not None
        arena = self._runner.arena
        for face in range(faces):
            inside, outside = face * self._program.arena_bytes + known.offset, face * known.size
            if to_arena:
                self._gpu.copy(tensor.buffer, arena, known.size, outside, inside)
            else:
                self._gpu.copy(arena, tensor.buffer, known.size, inside, outside)

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
