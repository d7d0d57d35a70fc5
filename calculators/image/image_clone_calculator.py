"""A second packet of an image."""

import numpy as np

from attention_mesh.calculators.gpu.kernels.crossing import (
    DOWNLOAD,
    UPLOAD,
    downloaded_image,
    uploaded_image,
)
from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import Calculator, Input, Output, UseService, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.webgpu.gpu_buffer import GpuBuffer


@calculator
class ImageCloneCalculator(Calculator):
    """Passes an image on in the memory that is asked for.

    MediaPipe's node of this name. An image that lies there already is not copied, because
    nobody writes to it.

    Inputs: untagged, an image.
    Outputs: untagged, the image: an array, or a GpuBuffer.
    Options: `output_on_gpu`.

    Example::

        node {
          calculator: "ImageCloneCalculator"
          input_stream: "image"
          output_stream: "cpu_image"
        }
    """

    image = Input("", np.ndarray | GpuBuffer)  # (H, W) or (H, W, C)
    clone = Output("", np.ndarray | GpuBuffer)
    gpu = UseService(GPU_SERVICE, optional=True)
    timestamp_offset = 0

    Options = "mediapipe.ImageCloneCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        source = node.input_type("")
        if node.options.output_on_gpu:
            node.require_service(GPU_SERVICE)
            node.crossing = UPLOAD if source is np.ndarray else ""
        else:
            node.crossing = DOWNLOAD if source is GpuBuffer else ""
        node.set_output_type("", 0, GpuBuffer if node.options.output_on_gpu else np.ndarray)

    def process(self) -> None:
        if self.image.is_empty:
            return
        image = self.image.value
        if isinstance(image, GpuBuffer) != self.options.output_on_gpu:
            if isinstance(image, GpuBuffer):
                image = downloaded_image(image, self.gpu, self.image.name)
            else:
                image = uploaded_image(image, self.gpu, self.image.name)
        self.clone.send(image)
