"""Image transformation: scales, turns and mirrors images."""

from dataclasses import replace

import numpy as np

from attention_mesh.calculators.gpu.kernels.crossing import image_size, require_image_memory
from attention_mesh.calculators.gpu.kernels.gpu_pictures import transformed_picture
from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import Calculator, Input, Output, SideInput, UseService, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.image_transformation import FILL, FIT, STRETCH, ImageTransformation
from attention_mesh.media.video_header import VideoHeader
from attention_mesh.webgpu.gpu_buffer import GpuBuffer

_CHANGES_SIZE = ("OUTPUT_DIMENSIONS", "ROTATION_DEGREES")


@calculator
class ImageTransformationCalculator(Calculator):
    """Scales, then turns, then mirrors images.

    MediaPipe's node of this name. Each setting may come from the options, from a side packet,
    which overrides them, or from a stream, which overrides both and holds until its next packet. Rotations
    are counter-clockwise quarter turns. Scaled images are turned within their new shape. Images on the GPU
    become what the CPU would make of them, within a gray level.

    Inputs: IMAGE or IMAGE_GPU; OUTPUT_DIMENSIONS (without a packet the frame is dropped), ROTATION_DEGREES,
      FLIP_HORIZONTALLY, FLIP_VERTICALLY; VIDEO_PRESTREAM, together with the output of that name.
    Input side packets: the same four settings.
    Outputs: IMAGE or IMAGE_GPU, of the input's type and channels, empty if it is; LETTERBOX_PADDING, above 0
      only with scale_mode FIT; VIDEO_PRESTREAM with the size that options and side packets give.
    Options: `output_width`, `output_height`, `rotation_mode`, `flip_horizontally`, `flip_vertically`,
      `scale_mode`, and how FIT pads.

    Example::

        node {
          calculator: "ImageTransformationCalculator"
          input_stream: "IMAGE:image"
          output_stream: "IMAGE:small_image"
          output_stream: "LETTERBOX_PADDING:padding"
          node_options {
            [type.googleapis.com/mediapipe.ImageTransformationCalculatorOptions] {
              output_width: 128
              output_height: 128
              scale_mode: FIT
            }
          }
        }
    """

    # (H, W) or (H, W, C); uint8, uint16 or float32
    image = Input("IMAGE", np.ndarray, optional=True)
    image_gpu = Input("IMAGE_GPU", GpuBuffer, optional=True)
    size = Input("OUTPUT_DIMENSIONS", tuple, optional=True)  # (width, height), pixels
    rotation = Input("ROTATION_DEGREES", int, optional=True)  # 0, 90, 180 or 270, counter-clockwise
    flip_horizontally = Input("FLIP_HORIZONTALLY", bool, optional=True)
    flip_vertically = Input("FLIP_VERTICALLY", bool, optional=True)
    header = Input("VIDEO_PRESTREAM", VideoHeader, optional=True)
    size_run = SideInput("OUTPUT_DIMENSIONS", list | tuple, optional=True)  # width, height, pixels
    rotation_run = SideInput("ROTATION_DEGREES", int, optional=True)
    flip_horizontally_run = SideInput("FLIP_HORIZONTALLY", bool, optional=True)
    flip_vertically_run = SideInput("FLIP_VERTICALLY", bool, optional=True)
    transformed = Output("IMAGE", np.ndarray)  # as IMAGE
    transformed_gpu = Output("IMAGE_GPU", GpuBuffer)
    # (1, 4) float32; left, top, right, bottom, as fractions of the output's width and height
    padding = Output("LETTERBOX_PADDING", np.ndarray)
    new_header = Output("VIDEO_PRESTREAM", VideoHeader)
    gpu = UseService(GPU_SERVICE, optional=True)
    timestamp_offset = 0

    Options = "mediapipe.ImageTransformationCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        require_image_memory(node)
        inputs = {connection.entry.tag for connection in node.inputs}
        outputs = {connection.entry.tag for connection in node.outputs}
        if ("VIDEO_PRESTREAM" in inputs) != ("VIDEO_PRESTREAM" in outputs):
            raise ValueError(
                "VIDEO_PRESTREAM is connected on one side only; connect input and output, or none"
            )
        changing = [tag for tag in _CHANGES_SIZE if tag in inputs]
        if "VIDEO_PRESTREAM" in inputs and changing:
            raise ValueError(
                f"VIDEO_PRESTREAM states the size of all frames, so {' and '.join(changing)} can only be "
                "side packets or options"
            )

    def open(self) -> None:
        options = self.options
        color = options.padding_color
        self.transformation = ImageTransformation(
            width=options.output_width,
            height=options.output_height,
            degrees=max(0, options.rotation_mode - 1) * 90,
            flip_horizontally=_first(self.flip_horizontally_run.value, options.flip_horizontally),
            flip_vertically=_first(self.flip_vertically_run.value, options.flip_vertically),
            scale_mode=(STRETCH, STRETCH, FIT, FILL)[options.scale_mode],
            padding_color=(color.red, color.green, color.blue) if options.constant_padding else None,
            nearest=options.interpolation_mode == options.NEAREST,
        )
        if self.rotation_run.connected:
            self.transformation = self.transformation.with_degrees(self.rotation_run.value)
        if self.size_run.connected:
            self._set_size(self.size_run.value)

    def process(self) -> None:
        if not self.header.is_empty:
            header = self.header.value
            width, height = self.transformation.output_size((header.width, header.height))
            self.new_header.send(replace(header, width=width, height=height))
        if not self.rotation.is_empty:
            self.transformation = self.transformation.with_degrees(self.rotation.value)
        for port in ("flip_horizontally", "flip_vertically"):
            if not getattr(self, port).is_empty:
                self.transformation = replace(self.transformation, **{port: getattr(self, port).value})
        if self.size.connected:
            if self.size.is_empty:
                return
            self._set_size(self.size.value)
        source = self.image if self.image.connected else self.image_gpu
        if source.is_empty:
            return
        image = source.value
        if self.padding.connected:
            padding = self.transformation.padding(image_size(image))
            self.padding.send(np.array([padding], np.float32))
        if isinstance(image, GpuBuffer):
            self.transformed_gpu.send(transformed_picture(self.gpu, image, self.transformation))
        else:
            self.transformed.send(self.transformation.apply(image))

    def _set_size(self, size: tuple[int, int]) -> None:
        width, height = size[:2]
        self.transformation = replace(self.transformation, width=width, height=height)


def _first(given: bool | None, otherwise: bool) -> bool:
    return otherwise if given is None else given
