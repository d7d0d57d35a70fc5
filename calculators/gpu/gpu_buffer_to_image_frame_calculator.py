"""Conversion from images on the GPU to images in the CPU's memory."""

import numpy as np

from attention_mesh.calculators.gpu.kernels.crossing import DOWNLOAD, downloaded_image
from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import Calculator, Input, Output, UseService, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.webgpu.gpu_buffer import GpuBuffer


@calculator
class GpuBufferToImageFrameCalculator(Calculator):
    """Downloads an image, and waits for all that the GPU has to do for it.

    MediaPipe's node of this name. Like that, it passes images of the CPU on.

    Inputs: untagged, an image.
    Outputs: untagged, the image as an array.

    Example::

        node {
          calculator: "GpuBufferToImageFrameCalculator"
          input_stream: "image_gpu"
          output_stream: "image"
        }
    """

    buffer = Input("", GpuBuffer | np.ndarray)
    frame = Output("", np.ndarray)  # (H, W), (H, W, 3) or (H, W, 4) uint8
    gpu = UseService(GPU_SERVICE, optional=True)
    timestamp_offset = 0

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        node.crossing = DOWNLOAD

    def process(self) -> None:
        if self.buffer.is_empty:
            return
        picture = self.buffer.value
        if isinstance(picture, GpuBuffer):
            picture = downloaded_image(picture, self.gpu, self.buffer.name)
        self.frame.send(picture)
