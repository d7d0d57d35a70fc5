"""Shapes drawn on an image."""

import cv2
import numpy as np

from attention_mesh.calculators.gpu.kernels.crossing import UPLOAD
from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.calculators.proto.render_data_pb2 import RenderData
from attention_mesh.drawing.annotation_drawing import AnnotationDrawing
from attention_mesh.framework import Calculator, Input, Output, UseService, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.limits import check_size
from attention_mesh.webgpu.gpu_buffer import GpuBuffer


@calculator
class AnnotationOverlayCalculator(Calculator):
    """Draws shapes on a copy of an image, or on an empty canvas.

    MediaPipe's node of this name. Shapes are drawn in the order in which the node names its inputs, untagged
    ones before vectors; inputs without a packet are left out. For an image on the GPU, the CPU draws the
    shapes, as in MediaPipe, and the part of the picture that they touch is uploaded and laid over a copy of
    the image there; the pixels are those of the CPU.

    Inputs: IMAGE or IMAGE_GPU, without which each timestamp has a canvas; untagged, any number: one
      `RenderData` each; VECTOR, any number: a list of them.
    Outputs: IMAGE, or IMAGE_GPU if that is the input; RGB if the input was gray; empty if the input is
      connected and empty. An image on the GPU on which nothing is drawn passes as it is.
    Options: the size and color of the canvas; `flip_text_vertically`. gpu_scale_factor and
      gpu_uses_top_left_origin have no effect: shapes are drawn in full resolution, the origin is the top-left
      corner.

    Example::

        node {
          calculator: "AnnotationOverlayCalculator"
          input_stream: "IMAGE:image"
          input_stream: "detections_render_data"
          input_stream: "VECTOR:0:multi_face_render_data"
          output_stream: "IMAGE:annotated_image"
        }
    """

    image = Input("IMAGE", np.ndarray, optional=True)  # (H, W), (H, W, 1), (H, W, 3) RGB or (H, W, 4) uint8
    image_gpu = Input("IMAGE_GPU", GpuBuffer, optional=True)
    data = Input("", RenderData, optional=True, repeated=True)
    vectors = Input("VECTOR", list, optional=True, repeated=True)  # of RenderData
    annotated = Output("IMAGE", np.ndarray)  # (H, W, 3) RGB or (H, W, 4) uint8
    annotated_gpu = Output("IMAGE_GPU", GpuBuffer)
    gpu = UseService(GPU_SERVICE, optional=True)
    timestamp_offset = 0

    Options = "mediapipe.AnnotationOverlayCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        options = node.options
        images = [c.entry.tag for c in node.inputs if c.entry.tag in ("IMAGE", "IMAGE_GPU")]
        if len(images) > 1:
            raise ValueError("connect one of the inputs IMAGE and IMAGE_GPU")
        needed = images[0] if images else "IMAGE"
        if all(c.entry.tag != needed for c in node.outputs):
            raise ValueError(f"connect the output {needed}: the result is where the image is")
        if images:
            if images == ["IMAGE_GPU"]:
                node.require_service(GPU_SERVICE)
                node.crossing = UPLOAD
            return
        if not node.inputs:
            raise ValueError("nothing is connected to draw on or to draw")
        for name in ("canvas_width_px", "canvas_height_px"):
            if not options.HasField(name):
                raise ValueError(f"without an IMAGE the option {name} is needed")
            if getattr(options, name) <= 0:
                raise ValueError(f"{name} is {getattr(options, name)}; expected a number of pixels")

    def process(self) -> None:
        if self.image_gpu.connected:
            if not self.image_gpu.is_empty:
                self.annotated_gpu.send(self._overlaid(self.image_gpu.value))
            return
        if self.image.connected:
            if self.image.is_empty:
                return
            target = _writeable(self.image.value, self.image.name)
        else:
            target = self._canvas()
        self._draw(target)
        self.annotated.send(target)

    def _overlaid(self, picture: GpuBuffer) -> GpuBuffer:
        # Imported here: graphs that stay on the CPU need neither.
        from attention_mesh.calculators.gpu.kernels.gpu_overlay import empty_drawing, lay_over

        drawing = empty_drawing((picture.width, picture.height))
        self._draw(drawing)
        return lay_over(self.gpu, picture, drawing)

    def _draw(self, target: np.ndarray) -> None:
        drawing = AnnotationDrawing(target, self.options.flip_text_vertically)
        for port in self.data:
            if not port.is_empty:
                drawing.draw(port.value)
        for vector in self.vectors:
            for data in () if vector.is_empty else vector.value:
                drawing.draw(data)

    def _canvas(self) -> np.ndarray:
        options, color = self.options, self.options.canvas_color
        check_size(options.canvas_width_px, options.canvas_height_px, "the canvas")
        canvas = np.empty((options.canvas_height_px, options.canvas_width_px, 3), np.uint8)
        canvas[:] = np.clip((color.r, color.g, color.b), 0, 255)
        return canvas


def _writeable(image: np.ndarray, stream: str) -> np.ndarray:
    """A copy to draw on, (H, W, 3 or 4) uint8."""
    channels = image.shape[2] if image.ndim == 3 else 1
    if image.dtype != np.uint8 or image.ndim not in (2, 3) or channels not in (1, 3, 4):
        raise ValueError(
            f'stream "{stream}": the image is {image.dtype} {image.shape}; expected uint8 gray, RGB or RGBA'
        )
    return cv2.cvtColor(image, cv2.COLOR_GRAY2RGB) if channels == 1 else np.array(image, order="C")
