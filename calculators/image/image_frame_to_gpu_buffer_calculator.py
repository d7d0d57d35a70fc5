"""Conversion from images in the CPU's memory to MediaPipe's images on the GPU."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator


@calculator
class ImageFrameToGpuBufferCalculator(Calculator):
    """Passes an image on.

    MediaPipe's node of this name, in graphs for phones. Here the image stays in the CPU's memory, so that
    whoever reads it gets an image as from any other node.

    Inputs: untagged, an image.
    Outputs: untagged, the same packet.

    Example::

        node {
          calculator: "ImageFrameToGpuBufferCalculator"
          input_stream: "annotated_image"
          output_stream: "output_image"
        }
    """

    frame = Input("", np.ndarray)  # (H, W) or (H, W, C) uint8
    buffer = Output("", np.ndarray)
    timestamp_offset = 0

    def process(self) -> None:
        if not self.frame.is_empty:
            self.buffer.send(self.frame.value)
