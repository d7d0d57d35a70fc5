"""The way of tensors from the GPU to the CPU, on which nobody waits yet."""

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import Calculator, Input, Output, UseService, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.webgpu.gpu_buffer import GpuTensor
from attention_mesh.webgpu.readback import Readback


@calculator
class GpuReadbackCalculator(Calculator):
    """Submits the work of a frame, and sends promises of its numbers at once.

    A node that follows, such as `GpuFacesToLandmarksCalculator`, waits for them. If it runs on an executor of
    its own, the graph records further frames meanwhile. They are in flight on the GPU, at most as many as
    the graph's `max_queue_size` lets wait in front of that node.

    Inputs: TENSOR, once per tensor.
    Outputs: READBACK, as many, each empty if its input is.

    Example::

        node {
          calculator: "GpuReadbackCalculator"
          input_stream: "TENSOR:0:landmarks_gpu"
          input_stream: "TENSOR:1:faces"
          output_stream: "READBACK:0:landmarks_readback"
          output_stream: "READBACK:1:faces_readback"
        }
    """

    tensors = Input("TENSOR", GpuTensor, repeated=True)
    readbacks = Output("READBACK", Readback, repeated=True)
    gpu = UseService(GPU_SERVICE)
    timestamp_offset = 0

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        if len(node.inputs) != len(node.outputs):
            raise ValueError(f"{len(node.inputs)} TENSOR inputs and {len(node.outputs)} READBACK outputs")

    def process(self) -> None:
        pairs = zip(self.tensors, self.readbacks, strict=True)
        given = [(port.value, output) for port, output in pairs if not port.is_empty]
        if not given:
            return
        readbacks = self.gpu.read_all([tensor for tensor, _ in given])
        self.gpu.submit()
        for (_, output), readback in zip(given, readbacks, strict=True):
            output.send(readback)
