"""Conversion to MediaPipe's type for all images."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.webgpu.gpu_buffer import GpuBuffer


@calculator
class ToImageCalculator(Calculator):
    """Passes an image on.

    MediaPipe's node of this name. In MediaPipe it makes the type `Image` from an image on the CPU or the GPU.
    Here an image is what it was, an array or a GpuBuffer, and nothing is copied.

    Inputs: one of IMAGE, IMAGE_CPU and IMAGE_GPU.
    Outputs: IMAGE, the same packet.

    Example::

        node {
          calculator: "ToImageCalculator"
          input_stream: "IMAGE_CPU:frame"
          output_stream: "IMAGE:image"
        }
    """

    # (H, W) or (H, W, C); uint8, uint16 or float32
    image = Input("IMAGE", np.ndarray | GpuBuffer, optional=True)
    frame = Input("IMAGE_CPU", np.ndarray, optional=True)
    picture = Input("IMAGE_GPU", GpuBuffer, optional=True)
    output = Output("IMAGE", np.ndarray | GpuBuffer)
    timestamp_offset = 0

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        if len(node.inputs) != 1:
            given = ", ".join(connection.entry.tag for connection in node.inputs) or "none"
            raise ValueError(f"connect exactly one of IMAGE, IMAGE_CPU and IMAGE_GPU (connected: {given})")
        node.set_output_type("IMAGE", 0, node.inputs[0].type)

    def process(self) -> None:
        port = next(port for port in (self.image, self.frame, self.picture) if port.connected)
        if not port.is_empty:
            self.output.send(port.value)
