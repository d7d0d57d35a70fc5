"""TensorReader: what the nodes that read tensors on the CPU have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from attention_mesh.calculators.gpu.kernels.crossing import DOWNLOAD
from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import Calculator, UseService
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.webgpu.gpu_buffer import GpuTensor

if TYPE_CHECKING:
    from attention_mesh.webgpu.gpu_recorder import GpuRecorder


class TensorReader(Calculator):
    """A node that needs the numbers of its tensors. Those on a GPU are downloaded, which waits for them."""

    gpu = UseService(GPU_SERVICE, optional=True)

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        if any(getattr(connection.type, "memory", "") for connection in node.inputs):
            node.crossing = DOWNLOAD

    def arrays(self, tensors: Sequence[Any]) -> list[np.ndarray]:
        """The tensors of a packet as arrays."""
        return tensors_on_cpu(tensors, self.gpu)


def tensors_on_cpu(tensors: Sequence[Any], gpu: GpuRecorder | None) -> list[np.ndarray]:
    """Arrays of tensors, of which those on the GPU are downloaded together.

    Args:
      tensors: arrays and `GpuTensor`s.
      gpu: where the latter lie.

    Raises:
      ValueError: a tensor lies on a GPU, and there is none.
    """
    if not any(isinstance(tensor, GpuTensor) for tensor in tensors):
        return list(tensors)
    if gpu is None:
        raise ValueError('tensors on a GPU, in a graph without the service "gpu"')
    readings = [gpu.read(tensor) if isinstance(tensor, GpuTensor) else tensor for tensor in tensors]
    return [reading if isinstance(reading, np.ndarray) else reading.result() for reading in readings]
