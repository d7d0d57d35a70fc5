"""Size of an image."""

import numpy as np

from attention_mesh.calculators.gpu.kernels.crossing import image_size
from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.webgpu.gpu_buffer import GpuBuffer


@calculator
class ImagePropertiesCalculator(Calculator):
    """Says how large an image is.

    MediaPipe's node of this name.

    Inputs: one of IMAGE, IMAGE_CPU and IMAGE_GPU.
    Outputs: SIZE, empty if the input is.

    Example::

        node {
          calculator: "ImagePropertiesCalculator"
          input_stream: "IMAGE:image"
          output_stream: "SIZE:image_size"
        }
    """

    image = Input("IMAGE", np.ndarray | GpuBuffer, optional=True)  # (H, W, …), any type
    frame = Input("IMAGE_CPU", np.ndarray, optional=True)  # likewise
    picture = Input("IMAGE_GPU", GpuBuffer, optional=True)
    size = Output("SIZE", tuple)  # (width, height), ints, pixels
    timestamp_offset = 0

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        if len(node.inputs) != 1:
            given = ", ".join(connection.entry.tag for connection in node.inputs) or "none"
            raise ValueError(f"connect exactly one of IMAGE, IMAGE_CPU and IMAGE_GPU (connected: {given})")

    def open(self) -> None:
        ports = self.image, self.frame, self.picture
        self._source = next(port for port in ports if port.connected)

    def process(self) -> None:
        source = self._source
        if source.is_empty:
            return
        image = source.value
        if isinstance(image, np.ndarray) and image.ndim < 2:
            raise ValueError(f'stream "{source.name}": an array of shape {image.shape} is no image (H, W, …)')
        self.size.send(image_size(image))
