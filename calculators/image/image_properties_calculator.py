"""Size of an image."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract


@calculator
class ImagePropertiesCalculator(Calculator):
    """Says how large an image is.

    MediaPipe's node of this name.

    Inputs: one of IMAGE and IMAGE_CPU.
    Outputs: SIZE, empty if the input is.

    Example::

        node {
          calculator: "ImagePropertiesCalculator"
          input_stream: "IMAGE:image"
          output_stream: "SIZE:image_size"
        }
    """

    image = Input("IMAGE", np.ndarray, optional=True)  # (H, W, …), any type
    frame = Input("IMAGE_CPU", np.ndarray, optional=True)  # likewise
    size = Output("SIZE", tuple)  # (width, height), ints, pixels
    timestamp_offset = 0

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        if len(node.inputs) != 1:
            given = ", ".join(connection.entry.tag for connection in node.inputs) or "none"
            raise ValueError(f"connect exactly one of IMAGE and IMAGE_CPU (connected: {given})")

    def open(self) -> None:
        self._source = self.image if self.image.connected else self.frame

    def process(self) -> None:
        source = self._source
        if source.is_empty:
            return
        shape = source.value.shape
        if len(shape) < 2:
            raise ValueError(f'stream "{source.name}": an array of shape {shape} is no image (H, W, …)')
        self.size.send((shape[1], shape[0]))
