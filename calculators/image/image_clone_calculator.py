"""A second packet of an image."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract


@calculator
class ImageCloneCalculator(Calculator):
    """Passes an image on.

    MediaPipe's node of this name, which copies images between CPU and GPU. Here every image is in the CPU's
    memory, and nobody writes to it.

    Inputs: untagged, an image.
    Outputs: untagged, the same image.
    Options: `output_on_gpu`, which is an error.

    Example::

        node {
          calculator: "ImageCloneCalculator"
          input_stream: "image"
          output_stream: "cpu_image"
        }
    """

    image = Input("", np.ndarray)  # (H, W) or (H, W, C)
    clone = Output("", np.ndarray)
    timestamp_offset = 0

    Options = "mediapipe.ImageCloneCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        if node.options.output_on_gpu:
            raise ValueError("output_on_gpu is not available here; images stay in the CPU's memory")

    def process(self) -> None:
        if not self.image.is_empty:
            self.clone.send(self.image.value)
