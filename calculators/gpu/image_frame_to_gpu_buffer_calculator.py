"""Conversion from images in the CPU's memory to images on the GPU."""

import numpy as np

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.calculators.gpu.kernels.raw_upload import as_raw, upload_raw
from attention_mesh.framework import Calculator, Input, Output, UseService, calculator
from attention_mesh.geometry.image_hints import dtype_hint
from attention_mesh.media.raw_picture import RawPicture


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

    def process(self) -> None:
        if self.frame.is_empty:
            return
        image = self.frame.value
        if self.gpu is None:
            self.buffer.send(image.to_rgb() if isinstance(image, RawPicture) else image)
            return
        self.buffer.send(upload_raw(self.gpu, image if isinstance(image, RawPicture) else self._raw(image)))

    def _raw(self, image: np.ndarray) -> RawPicture:
        channels = image.shape[2] if image.ndim == 3 else 1
        if image.dtype != np.uint8 or image.ndim not in (2, 3) or channels not in (1, 3, 4) or not image.size:
            hint = dtype_hint(image)
            raise ValueError(
                f'stream "{self.frame.name}": the image has shape {image.shape} and type {image.dtype}; '
                f"expected (H, W), (H, W, 3) or (H, W, 4) uint8{f'. {hint}' if hint else ''}"
            )
        return as_raw(image)
