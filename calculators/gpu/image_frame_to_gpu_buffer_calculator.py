"""Conversion from images in the CPU's memory to images on the GPU."""

import cv2
import numpy as np

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import Calculator, Input, Output, UseService, calculator
from attention_mesh.geometry.image_hints import dtype_hint
from attention_mesh.webgpu.gpu_buffer import GpuBuffer

_TO_RGBA = {1: cv2.COLOR_GRAY2RGBA, 3: cv2.COLOR_RGB2RGBA}


@calculator
class ImageFrameToGpuBufferCalculator(Calculator):
    """Uploads an image.

    MediaPipe's node of this name. A graph without nodes that need a GPU, such as MediaPipe's CPU graphs for
    phones, has no service "gpu" unless the program sets it; there the node passes the image on.

    Inputs: untagged, an image.
    Outputs: untagged, the image on the GPU.

    Example::

        node {
          calculator: "ImageFrameToGpuBufferCalculator"
          input_stream: "image"
          output_stream: "image_gpu"
        }
    """

    frame = Input("", np.ndarray)  # (H, W), (H, W, 1), (H, W, 3) or (H, W, 4) uint8
    buffer = Output("")  # GpuBuffer; in a graph without a GPU the array
    gpu = UseService(GPU_SERVICE, optional=True)
    timestamp_offset = 0

    def process(self) -> None:
        if self.frame.is_empty:
            return
        image = self.frame.value
        self.buffer.send(image if self.gpu is None else self._uploaded(image))

    def _uploaded(self, image: np.ndarray) -> GpuBuffer:
        channels = image.shape[2] if image.ndim == 3 else 1
        if image.dtype != np.uint8 or image.ndim not in (2, 3) or channels not in (1, 3, 4) or not image.size:
            hint = dtype_hint(image)
            raise ValueError(
                f'stream "{self.frame.name}": the image has shape {image.shape} and type {image.dtype}; '
                f"expected (H, W), (H, W, 3) or (H, W, 4) uint8{f'. {hint}' if hint else ''}"
            )
        pixels = image if channels == 4 else cv2.cvtColor(image, _TO_RGBA[channels])
        return self.gpu.upload_picture(pixels, channels)
