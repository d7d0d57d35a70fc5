"""Conversion from MediaPipe's type for all images to the types of nodes on the CPU and on the GPU."""

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
class FromImageCalculator(Calculator):
    """Gives an image in the memories that are connected, CPU or GPU, and says in which it was.

    MediaPipe's node of this name.

    Inputs: IMAGE.
    Outputs: IMAGE_CPU, an array; IMAGE_GPU, a GpuBuffer; SOURCE_ON_GPU. All are empty if IMAGE is.

    Example::

        node {
          calculator: "FromImageCalculator"
          input_stream: "IMAGE:image"
          output_stream: "IMAGE_CPU:frame"
          output_stream: "SOURCE_ON_GPU:is_on_gpu"
        }
    """

    # (H, W) or (H, W, C); uint8, uint16 or float32
    image = Input("IMAGE", np.ndarray | GpuBuffer)
    frame = Output("IMAGE_CPU", np.ndarray)
    picture = Output("IMAGE_GPU", GpuBuffer)
    on_gpu = Output("SOURCE_ON_GPU", bool)
    gpu = UseService(GPU_SERVICE, optional=True)
    timestamp_offset = 0

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        tags = {connection.entry.tag for connection in node.outputs}
        if "IMAGE_GPU" in tags:
            node.require_service(GPU_SERVICE)
        source = node.input_type("IMAGE")
        if source is GpuBuffer and "IMAGE_CPU" in tags:
            node.crossing = DOWNLOAD
        elif source is np.ndarray and "IMAGE_GPU" in tags:
            node.crossing = UPLOAD

    def process(self) -> None:
        if self.image.is_empty:
            return
        image = self.image.value
        is_on_gpu = isinstance(image, GpuBuffer)
        if self.frame.connected:
            self.frame.send(downloaded_image(image, self.gpu, self.image.name) if is_on_gpu else image)
        if self.picture.connected:
            self.picture.send(image if is_on_gpu else uploaded_image(image, self.gpu, self.image.name))
        self.on_gpu.send(is_on_gpu)
