"""Input of a network from an image and regions of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import Calculator, Input, Output, UseService, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.crop import Cropper, check_crop_source
from attention_mesh.geometry.letterbox import pad_to_aspect
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.geometry.projection import crop_to_image_matrices
from attention_mesh.webgpu.gpu_buffer import GpuBuffer, GpuTensor, GpuTensors

if TYPE_CHECKING:
    from attention_mesh.calculators.gpu.kernels.gpu_cropper import GpuCropper
    from attention_mesh.calculators.proto.image_to_tensor_calculator_pb2 import ImageToTensorCalculatorOptions


@dataclass
class _Layout:
    """The values that follow from the regions and the image's size alone.

    Attributes:
      rects_px: F rows of the rectangles in pixels, padded if the aspect ratio is kept.
      is_nothing: the only region has no size.
      matrices, paddings: the packets of these outputs, None if they are not connected.
    """

    regions: NormalizedRects
    image_size: tuple[int, int]
    cropper: Cropper
    rects_px: np.ndarray | Sequence[Sequence[float]]
    is_nothing: bool = False
    matrices: np.ndarray | None = None
    paddings: np.ndarray | None = None


@calculator
class ImageToTensorCalculator(Calculator):
    """Cuts regions out of an image, resizes them and scales their values.

    MediaPipe's node of this name; all regions of a frame become one batch. The alpha of RGBA images is left
    out; gray images give tensors of one channel. Images on a GPU give tensors there: float32 of three
    channels, whatever the image has, with whole numbers for the range of bytes 0 to 255.

    Inputs: IMAGE, which may lie on a GPU, or IMAGE_GPU; NORM_RECT, without which the whole image is the
      region; or ROIS_GPU, beside IMAGE_GPU, regions that are known only on the GPU.
    Outputs: TENSORS, MATRIX and LETTERBOX_PADDING, at timestamps at which all connected inputs have a packet.
      F is the number of regions and may be 0. A single region of size zero, which some graphs send for
      "nothing", gives no packet.
    Options: `output_tensor_width`, `output_tensor_height`, `keep_aspect_ratio`, `border_mode`; one range, in
      which 0 becomes min and 255 max: output_tensor_float_range for floats, output_tensor_uint_range for
      bytes (those of the image with { min: 0 max: 255 }), output_tensor_int_range for signed bytes.
      gpu_origin has no effect: the origin is the top-left corner.

    Example::

        node {
          calculator: "ImageToTensorCalculator"
          input_stream: "IMAGE:image"
          input_stream: "NORM_RECT:rois"
          output_stream: "TENSORS:input_tensors"
          node_options {
            [type.googleapis.com/mediapipe.ImageToTensorCalculatorOptions] {
              output_tensor_width: 192
              output_tensor_height: 192
              output_tensor_float_range { min: 0.0 max: 1.0 }
            }
          }
        }
    """

    # (H, W, 3) RGB, (H, W, 4) RGBA, (H, W) or (H, W, 1) gray; uint8
    image = Input("IMAGE", np.ndarray | GpuBuffer, optional=True)
    image_gpu = Input("IMAGE_GPU", GpuBuffer, optional=True)
    regions = Input("NORM_RECT", NormalizedRects, optional=True)
    # (F, 5 or more): x_center, y_center, width, height in pixels of the image, rotation in radians, clockwise
    regions_gpu = Input("ROIS_GPU", GpuTensor, optional=True)
    # [(F, height, width, 3), of gray images (…, 1); float32, uint8 or int8 in the options' range], or of
    # images on a GPU [GpuTensor (F, height, width, 3)]
    tensors = Output("TENSORS", list)
    # (F, 4, 4) float32; from the tensor to the image, both normalized to [0, 1]
    matrix = Output("MATRIX", np.ndarray)
    # (F, 4) float32; left, top, right, bottom, as fractions of the tensor's width and height
    padding = Output("LETTERBOX_PADDING", np.ndarray)
    gpu = UseService(GPU_SERVICE, optional=True)
    timestamp_offset = 0

    Options = "mediapipe.ImageToTensorCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        options = node.options
        _check_range(options)
        images = [c for c in node.inputs if c.entry.tag in ("IMAGE", "IMAGE_GPU")]
        if len(images) != 1:
            raise ValueError("connect one of the inputs IMAGE and IMAGE_GPU")
        if images[0].entry.tag == "IMAGE_GPU" or images[0].type is GpuBuffer:
            node.require_service(GPU_SERVICE)
            node.set_output_type("TENSORS", 0, GpuTensors)
            _check_gpu_range(options)
        if any(c.entry.tag == "ROIS_GPU" for c in node.inputs):
            _check_regions_on_gpu(node)
        for name in ("output_tensor_width", "output_tensor_height"):
            if options.HasField(name) and getattr(options, name) <= 0:
                raise ValueError(f"{name} is {getattr(options, name)}; expected a number of pixels")

    def open(self) -> None:
        options = self.options
        self._range, self._table = _value_mapping(options)
        self._border = "zero" if options.border_mode == options.BORDER_ZERO else "replicate"
        self._keep_aspect = options.keep_aspect_ratio
        self._width = options.output_tensor_width if options.HasField("output_tensor_width") else None
        self._height = options.output_tensor_height if options.HasField("output_tensor_height") else None
        self._whole = NormalizedRects.whole_frame()
        self._cropper: Cropper | None = None
        self._gpu_cropper: GpuCropper | None = None
        self._layout: _Layout | None = None

    def process(self) -> None:
        source = self.image if self.image.connected else self.image_gpu
        if source.is_empty or (self.regions.connected and self.regions.is_empty):
            return
        image = source.value
        if isinstance(image, GpuBuffer):
            self._process_on_gpu(image)
            return
        channels = image.shape[2] if image.ndim == 3 else 1
        if channels == 1:
            image = self._as_rgb(image)
        check_crop_source(image, f'stream "{self.image.name}": the image')
        size = image.shape[1], image.shape[0]
        layout = self._layout_of(size)
        if layout.is_nothing:
            return
        crops = layout.cropper.crop(image, layout.rects_px)
        if channels == 1:
            crops = np.ascontiguousarray(crops[:, :, :, :1])
        self._send([crops if self._table is None else self._table[crops]], layout)

    def _process_on_gpu(self, picture: GpuBuffer) -> None:
        image_size = picture.width, picture.height
        cropper = self._gpu_cropper_for((self._width or image_size[0], self._height or image_size[1]))
        if self.regions_gpu.connected:
            if not self.regions_gpu.is_empty:
                self.tensors.send(GpuTensors([cropper.crop(picture, self.regions_gpu.value)]))
            return
        layout = self._layout_of(image_size)
        if not layout.is_nothing:
            self._send(GpuTensors([cropper.crop(picture, layout.rects_px)]), layout)

    def _gpu_cropper_for(self, size: tuple[int, int]) -> "GpuCropper":
        if self._gpu_cropper is None or size != self._gpu_cropper.size:
            # Imported here: graphs that stay on the CPU do not need it.
            from attention_mesh.calculators.gpu.kernels.gpu_cropper import GpuCropper

            if self.gpu is None:
                raise ValueError('an image on a GPU, in a graph without the service "gpu"')
            _check_gpu_range(self.options)
            limits = getattr(self.options, self.options.WhichOneof("range"))
            self._gpu_cropper = GpuCropper(self.gpu, size, (limits.min, limits.max), self._border)
        return self._gpu_cropper

    def _send(self, tensors: list[Any], layout: _Layout) -> None:
        self.tensors.send(tensors)
        if layout.matrices is not None:
            self.matrix.send(layout.matrices)
        if layout.paddings is not None:
            self.padding.send(layout.paddings)

    def _layout_of(self, image_size: tuple[int, int]) -> _Layout:
        """The layout of this timestamp. A detector's regions never change, so theirs is computed once."""
        regions = self.regions.value if self.regions.connected else self._whole
        layout = self._layout
        if layout is None or regions is not layout.regions or image_size != layout.image_size:
            layout = self._layout = self._lay_out(regions, image_size)
        return layout

    def _as_rgb(self, image: np.ndarray) -> np.ndarray:
        """A gray image with three channels; another one as it is."""
        if image.dtype != np.uint8 or image.ndim < 2 or not image.size:
            return image
        return cv2.cvtColor(image, cv2.COLOR_GRAY2RGB)

    def _lay_out(self, regions: NormalizedRects, image_size: tuple[int, int]) -> "_Layout":
        """Computes what to cut out, and the other packets, for all frames with these regions."""
        size = (self._width or image_size[0], self._height or image_size[1])
        if self._cropper is None or size != self._cropper.size:
            self._cropper = Cropper(size, self._range, self._border)
        rows = regions.rows_in_pixels(image_size)
        layout = _Layout(regions, image_size, self._cropper, rows)
        if len(regions) == 1 and not any(rows[0][2:4]):
            layout.is_nothing = True
            return layout
        if self._keep_aspect:
            layout.rects_px, layout.paddings = pad_to_aspect(regions.in_pixels(image_size), size)
        elif self.padding.connected:
            layout.paddings = np.zeros((len(regions), 4), np.float32)
        if self.matrix.connected:
            layout.matrices = crop_to_image_matrices(np.reshape(layout.rects_px, (-1, 5)), image_size)
        return layout


def _check_range(options: "ImageToTensorCalculatorOptions") -> None:
    """Checks the range of the options.

    Raises:
      ValueError: there is no range, or its type has no such numbers.
    """
    kind = options.WhichOneof("range")
    if kind is None:
        raise ValueError("output_tensor_float_range is missing")
    limits = getattr(options, kind)
    if not limits.min < limits.max:
        raise ValueError(f"{kind} is {limits.min} to {limits.max}; min must be below max")
    for name, dtype in (("output_tensor_uint_range", np.uint8), ("output_tensor_int_range", np.int8)):
        low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
        if kind == name and not low <= limits.min < limits.max <= high:
            raise ValueError(f"{kind} is {limits.min} to {limits.max}; it must lie between {low} and {high}")


def _check_regions_on_gpu(node: NodeContract) -> None:
    """Checks a node whose regions are known only on the GPU.

    Raises:
      ValueError: it needs their numbers on the CPU.
    """
    tags = {connection.entry.tag for connection in [*node.inputs, *node.outputs]}
    if "IMAGE_GPU" not in tags or "NORM_RECT" in tags:
        raise ValueError("ROIS_GPU belongs to IMAGE_GPU, in place of NORM_RECT")
    if node.options.keep_aspect_ratio or tags & {"MATRIX", "LETTERBOX_PADDING"}:
        raise ValueError("ROIS_GPU goes without keep_aspect_ratio, MATRIX and LETTERBOX_PADDING")


def _check_gpu_range(options: "ImageToTensorCalculatorOptions") -> None:
    """Checks the range of the options for images on a GPU, where every tensor is float32.

    Raises:
      ValueError: the range is of bytes, and other than 0 to 255.
    """
    kind = options.WhichOneof("range")
    limits = getattr(options, kind)
    if kind != "output_tensor_float_range" and (limits.min, limits.max) != (0, 255):
        raise ValueError(
            f"{kind} is {limits.min} to {limits.max}; images on a GPU take output_tensor_float_range or "
            "output_tensor_uint_range { min: 0 max: 255 }"
        )


def _value_mapping(
    options: "ImageToTensorCalculatorOptions",
) -> tuple[tuple[float, float] | None, np.ndarray | None]:
    """The range of float tensors, or None and what each byte becomes; both None for bytes as they are."""
    kind = options.WhichOneof("range")
    limits = getattr(options, kind)
    if kind == "output_tensor_float_range":
        return (limits.min, limits.max), None
    dtype = np.uint8 if kind == "output_tensor_uint_range" else np.int8
    values = np.arange(256) * ((limits.max - limits.min) / 255) + limits.min
    table = np.rint(values).astype(dtype)
    is_same = dtype is np.uint8 and (limits.min, limits.max) == (0, 255)
    return None, None if is_same else table
