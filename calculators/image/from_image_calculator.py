"""Conversion from MediaPipe's type for all images to the type of nodes on the CPU."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator


@calculator
class FromImageCalculator(Calculator):
    """Passes an image on, and says where it lies.

    MediaPipe's node of this name. Images are arrays in the CPU's memory here, so IMAGE_CPU is the input
    itself.

    Inputs: IMAGE.
    Outputs: IMAGE_CPU, the same packet; SOURCE_ON_GPU, false. Both are empty if IMAGE is.

    Example::

        node {
          calculator: "FromImageCalculator"
          input_stream: "IMAGE:image"
          output_stream: "IMAGE_CPU:frame"
          output_stream: "SOURCE_ON_GPU:is_on_gpu"
        }
    """

    image = Input("IMAGE", np.ndarray)  # (H, W) or (H, W, C); uint8, uint16 or float32
    frame = Output("IMAGE_CPU", np.ndarray)
    on_gpu = Output("SOURCE_ON_GPU", bool)
    timestamp_offset = 0

    def process(self) -> None:
        if self.image.is_empty:
            return
        self.frame.send(self.image.value)
        self.on_gpu.send(False)
