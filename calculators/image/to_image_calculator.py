"""Conversion to MediaPipe's type for all images."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract


@calculator
class ToImageCalculator(Calculator):
    """Passes an image on.

    MediaPipe's node of this name. In MediaPipe it makes the type `Image` from an image on the CPU or the GPU.
    Here both are the same array, and nothing is copied.

    Inputs: one of IMAGE and IMAGE_CPU.
    Outputs: IMAGE, the same packet.

    Example::

        node {
          calculator: "ToImageCalculator"
          input_stream: "IMAGE_CPU:frame"
          output_stream: "IMAGE:image"
        }
    """

    image = Input("IMAGE", np.ndarray, optional=True)  # (H, W) or (H, W, C); uint8, uint16 or float32
    frame = Input("IMAGE_CPU", np.ndarray, optional=True)
    output = Output("IMAGE", np.ndarray)
    timestamp_offset = 0

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        if len(node.inputs) != 1:
            given = ", ".join(connection.entry.tag for connection in node.inputs) or "none"
            raise ValueError(f"connect exactly one of IMAGE and IMAGE_CPU (connected: {given})")

    def process(self) -> None:
        port = self.image if self.image.connected else self.frame
        if not port.is_empty:
            self.output.send(port.value)
