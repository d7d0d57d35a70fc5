"""Conversion from images in the CPU's memory to images on the GPU."""

import numpy as np

from attention_mesh.calculators.gpu.kernels.crossing import UPLOAD, uploaded_image
from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import Calculator, Input, Output, UseService, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.media.raw_picture import RawPicture
from attention_mesh.webgpu.gpu_buffer import GpuBuffer


@calculator
class ImageFrameToGpuBufferCalculator(Calculator):
    """Uploads an image as it is, in the format of a camera or of a film; the GPU makes RGBA of it.

    MediaPipe's node of this name, with `RawPicture` besides. A graph without nodes that need a GPU, such as
    MediaPipe's CPU graphs for phones, has no service "gpu" unless the program sets it; there the node passes
    the image on, and a RawPicture as RGB.

    Inputs: untagged, an image.
    Outputs: untagged, the image on the GPU.

    Example::

        node {
          calculator: "ImageFrameToGpuBufferCalculator"
          input_stream: "image"
          output_stream: "image_gpu"
        }
    """

    # (H, W), (H, W, 1), (H, W, 3) RGB or (H, W, 4) RGBA uint8; or BGR, NV12, YUY2, I420 … as a RawPicture
    frame = Input("", np.ndarray | RawPicture)
    buffer = Output("")  # GpuBuffer; in a graph without a GPU the array
    gpu = UseService(GPU_SERVICE, optional=True)
    timestamp_offset = 0

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        node.crossing = UPLOAD
        node.set_output_type("", 0, GpuBuffer)

    def process(self) -> None:
        if self.frame.is_empty:
            return
        image = self.frame.value
        if self.gpu is None:
            self.buffer.send(image.to_rgb() if isinstance(image, RawPicture) else image)
            return
        self.buffer.send(uploaded_image(image, self.gpu, self.frame.name))
