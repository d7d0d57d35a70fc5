"""Conversion from MediaPipe's images on the GPU to images in the CPU's memory."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator


@calculator
class GpuBufferToImageFrameCalculator(Calculator):
    """Passes an image on.

    MediaPipe's node of this name, in graphs for phones. It passes images of the CPU on, and here every image
    is one.

    Inputs: untagged, an image.
    Outputs: untagged, the same packet.

    Example::

        node {
          calculator: "GpuBufferToImageFrameCalculator"
          input_stream: "camera_image"
          output_stream: "image"
        }
    """

    buffer = Input("", np.ndarray)  # (H, W) or (H, W, C) uint8
    frame = Output("", np.ndarray)
    timestamp_offset = 0

    def process(self) -> None:
        if not self.buffer.is_empty:
            self.frame.send(self.buffer.value)
