"""Size of an image."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator


@calculator
class ImagePropertiesCalculator(Calculator):
    """Says how large an image is.

    MediaPipe's node of this name.

    Inputs: IMAGE.
    Outputs: SIZE, empty if IMAGE is.

    Example::

        node {
          calculator: "ImagePropertiesCalculator"
          input_stream: "IMAGE:image"
          output_stream: "SIZE:image_size"
        }
    """

    image = Input("IMAGE", np.ndarray)  # (H, W, …), any type
    size = Output("SIZE", tuple)  # (width, height), ints, pixels
    timestamp_offset = 0

    def process(self) -> None:
        if self.image.is_empty:
            return
        shape = self.image.value.shape
        if len(shape) < 2:
            raise ValueError(f'stream "{self.image.name}": an array of shape {shape} is no image (H, W, …)')
        self.size.send((shape[1], shape[0]))
