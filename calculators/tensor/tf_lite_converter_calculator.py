"""Tensor of the same size from an image or a matrix."""

from typing import TYPE_CHECKING

import numpy as np

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import Calculator, Input, Output, UseService, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.webgpu.gpu_buffer import GpuBuffer, GpuTensors

if TYPE_CHECKING:
    from attention_mesh.calculators.gpu.kernels.gpu_cropper import GpuCropper


@calculator
class TfLiteConverterCalculator(Calculator):
    """Scales an image's values to those of a network's input, without resizing it.

    MediaPipe's node of this name; graphs from before ImageToTensorCalculator use it. Images on the GPU give
    tensors of three channels there.

    Inputs: one of IMAGE, IMAGE_GPU and MATRIX.
    Outputs: TENSORS, of IMAGE_GPU TENSORS_GPU, one tensor; empty if the input is.
    Options: the values, by output_tensor_float_range, else by use_custom_normalization (value / custom_div -
      custom_sub), else by zero_center; `row_major_matrix`, with which a matrix fills the tensor row by row
      and not column by column; `use_quantized_tensors`.

    Example::

        node {
          calculator: "TfLiteConverterCalculator"
          input_stream: "IMAGE:eye_image"
          output_stream: "TENSORS:image_tensor"
          node_options {
            [type.googleapis.com/mediapipe.TfLiteConverterCalculatorOptions] { zero_center: false }
          }
        }
    """

    image = Input("IMAGE", np.ndarray, optional=True)  # (H, W) or (H, W, C); uint8, or float32 in [0, 1]
    image_gpu = Input("IMAGE_GPU", GpuBuffer, optional=True)
    matrix = Input("MATRIX", np.ndarray, optional=True)  # (H, W) float32
    # [(1, H, W, C) float32, or uint8 with use_quantized_tensors]; of a matrix (1, H, W, 1) float32
    tensors = Output("TENSORS", list)
    tensors_gpu = Output("TENSORS_GPU", GpuTensors)  # [(1, H, W, 3) float32]
    gpu = UseService(GPU_SERVICE, optional=True)
    timestamp_offset = 0

    Options = "mediapipe.TfLiteConverterCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        options = node.options
        if len(node.inputs) != 1:
            raise ValueError("connect exactly one of IMAGE, IMAGE_GPU and MATRIX")
        is_on_gpu = node.inputs[0].entry.tag == "IMAGE_GPU"
        outputs = {connection.entry.tag for connection in node.outputs}
        needed = "TENSORS_GPU" if is_on_gpu else "TENSORS"
        if outputs and needed not in outputs:
            raise ValueError(f"connect the output {needed}: the tensor is where the image is")
        if is_on_gpu:
            node.require_service(GPU_SERVICE)
            if options.use_quantized_tensors or options.flip_vertically or options.max_num_channels != 3:
                raise ValueError(
                    "IMAGE_GPU gives floats of three channels, upright; leave out use_quantized_tensors, "
                    "flip_vertically and max_num_channels"
                )
        if not 1 <= options.max_num_channels <= 4:
            raise ValueError(f"max_num_channels is {options.max_num_channels}; expected 1 to 4")
        if options.use_custom_normalization and options.custom_div <= 0:
            raise ValueError(f"custom_div is {options.custom_div}; expected a number above 0")
        limits = options.output_tensor_float_range
        if options.HasField("output_tensor_float_range") and not limits.min < limits.max:
            raise ValueError(
                f"output_tensor_float_range is {limits.min} to {limits.max}; min must be below max"
            )

    def open(self) -> None:
        options = self.options
        # From values in [0, 1], except with custom numbers, which are for those in [0, 255].
        self._scale, self._shift = (2.0, -1.0) if options.zero_center else (1.0, 0.0)
        if options.HasField("output_tensor_float_range"):
            limits = options.output_tensor_float_range
            self._scale, self._shift = limits.max - limits.min, limits.min
        elif options.use_custom_normalization:
            self._scale, self._shift = 255 / options.custom_div, -options.custom_sub
        self._cropper: GpuCropper | None = None

    def process(self) -> None:
        if self.matrix.connected:
            if not self.matrix.is_empty:
                matrix = np.asarray(self.matrix.value, np.float32)
                if not self.options.row_major_matrix:
                    matrix = matrix.T.reshape(matrix.shape)
                self.tensors.send([matrix[None, :, :, None]])
            return
        if not self.image_gpu.is_empty:
            self._send_from_gpu(self.image_gpu.value)
        if self.image.is_empty:
            return
        image = self.image.value
        image = (image[:, :, None] if image.ndim == 2 else image)[:, :, : self.options.max_num_channels]
        if image.dtype not in (np.uint8, np.float32):
            raise ValueError(f'stream "{self.image.name}": {image.dtype} images are not supported; uint8 is')
        if self.options.use_quantized_tensors:
            if image.dtype != np.uint8:
                raise ValueError(f'stream "{self.image.name}": quantized tensors take uint8 images')
            self.tensors.send([image[None]])
            return
        if self.options.flip_vertically:
            image = image[::-1]
        unit = 255 if image.dtype == np.uint8 else 1
        tensor = image.astype(np.float32)
        tensor *= np.float32(self._scale / unit)
        tensor += np.float32(self._shift)
        self.tensors.send([tensor[None]])

    def _send_from_gpu(self, picture: GpuBuffer) -> None:
        width, height = size = picture.width, picture.height
        if self._cropper is None or size != self._cropper.size:
            # Imported here: graphs that stay on the CPU do not need it.
            from attention_mesh.calculators.gpu.kernels.gpu_cropper import GpuCropper

            limits = self._shift, self._scale + self._shift
            self._cropper = GpuCropper(self.gpu, size, limits, "replicate")
        whole = [(0.5 * width, 0.5 * height, width, height, 0.0)]
        self.tensors_gpu.send(GpuTensors([self._cropper.crop(picture, whole)]))
