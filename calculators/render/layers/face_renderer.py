"""What the nodes that draw over faces have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.drawing.layers.canvas import Canvas
from attention_mesh.drawing.layers.drawn_faces import DrawnFaces
from attention_mesh.drawing.layers.layer import Layer
from attention_mesh.drawing.layers.layers import draw_layers
from attention_mesh.framework import Calculator, Input, Output, UseService
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.webgpu.gpu_buffer import GpuBuffer, GpuTensor

if TYPE_CHECKING:
    from attention_mesh.calculators.gpu.kernels.gpu_face_marks import GpuFaceMarks


class FaceRenderer(Calculator):
    """Draws layers over all faces of a frame, in a copy of it. A frame without a face passes unchanged.

    The result is where the frame is: IMAGE, or IMAGE_GPU, in which shaders draw the same marks. Beside
    IMAGE_GPU, the landmarks may be on the GPU too: LANDMARKS_GPU and FACES instead of LANDMARKS. Then nothing
    comes back to the CPU; the layers depth, mesh, contours, irises, roi and boxes can be drawn so.

    A subclass names its layer as `Options`, or gives `layers`. If a layer has inputs beside the landmarks, it
    gives `details`, too. A layer whose details have no packet at a timestamp is left out there.
    """

    image = Input("IMAGE", np.ndarray, optional=True)  # (H, W, 3) uint8 RGB
    image_gpu = Input("IMAGE_GPU", GpuBuffer, optional=True)
    # (F, 468 or 478, 3), normalized to the frame
    landmarks = Input("LANDMARKS", NormalizedLandmarks, optional=True)
    landmarks_gpu = Input("LANDMARKS_GPU", GpuTensor, optional=True)  # the same
    faces = Input("FACES", GpuTensor, optional=True)  # (F, 8), see face_rows.py
    annotated = Output("IMAGE", np.ndarray)  # (H, W, 3) uint8 RGB
    annotated_gpu = Output("IMAGE_GPU", GpuBuffer)
    gpu = UseService(GPU_SERVICE, optional=True)
    timestamp_offset = 0

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        check_ports(node, [_styled(cls, node.options)])

    def open(self) -> None:
        self._layers = self.layers()
        self._gpu_marks: GpuFaceMarks | None = None
        if self.landmarks_gpu.connected:
            # Imported here: graphs that stay on the CPU need neither.
            from attention_mesh.calculators.gpu.kernels.gpu_face_marks import GpuFaceMarks

            self._gpu_marks = GpuFaceMarks(self.gpu, self._layers)

    def layers(self) -> Sequence[Layer]:
        """What is drawn, one over the other; called once, when the node opens."""
        return [_styled(type(self), self.options)]

    def details(self, size: tuple[int, int]) -> dict[str, Any]:
        """What is known of the faces beside their landmarks: attributes of `DrawnFaces`, None if unknown.

        Args:
          size: (width, height) of the frame in pixels.
        """
        return {}

    def process(self) -> None:
        if self.image_gpu.connected:
            if not self.image_gpu.is_empty:
                self.annotated_gpu.send(self._drawn_on_gpu(self.image_gpu.value))
            return
        if self.image.is_empty:
            return
        image = self.image.value
        if self._has_faces():
            image = np.array(image, order="C")
            self._draw(Canvas(image))
        self.annotated.send(image)

    def _has_faces(self) -> bool:
        return not self.landmarks.is_empty and len(self.landmarks.value) > 0

    def _drawn_on_gpu(self, picture: GpuBuffer) -> GpuBuffer:
        if self._gpu_marks is not None:
            if self.landmarks_gpu.is_empty or self.faces.is_empty:
                return picture
            return self._gpu_marks.draw(picture, self.landmarks_gpu.value, self.faces.value)
        if not self._has_faces():
            return picture
        from attention_mesh.calculators.gpu.kernels.gpu_canvas import draw_marks
        from attention_mesh.drawing.layers.mark_list import MarkList

        marks = MarkList((picture.width, picture.height))
        self._draw(marks)
        return draw_marks(self.gpu, picture, marks)

    def _draw(self, canvas: Canvas) -> None:
        faces = DrawnFaces(
            self.landmarks.value.in_pixels(canvas.size),
            timestamp_us=self.timestamp,
            **self.details(canvas.size),
        )
        known = [
            layer for layer in self._layers if all(getattr(faces, name) is not None for name in layer.needs)
        ]
        draw_layers(canvas, faces, known)


def check_ports(node: NodeContract, layers: Sequence[Layer]) -> None:
    """Checks that a node's streams fit together and suffice for its layers; raises ValueError if not.

    A node needs the input IMAGE or IMAGE_GPU, the output of the same name, and LANDMARKS, or LANDMARKS_GPU
    and FACES.
    """
    tags = {c.entry.tag for c in node.inputs}
    on_gpu = tags & {"LANDMARKS_GPU", "FACES"}
    if len(on_gpu) == 1 or bool(on_gpu) == ("LANDMARKS" in tags):
        raise ValueError("connect LANDMARKS, or LANDMARKS_GPU and FACES")
    if on_gpu and "IMAGE_GPU" not in tags:
        raise ValueError("LANDMARKS_GPU needs IMAGE_GPU: landmarks on the GPU are drawn into images there")
    if on_gpu:
        from attention_mesh.calculators.gpu.kernels.gpu_face_marks import check_layers

        check_layers(layers)
    images = [c.entry.tag for c in node.inputs if c.entry.tag in ("IMAGE", "IMAGE_GPU")]
    if len(images) != 1:
        raise ValueError("connect one of the inputs IMAGE and IMAGE_GPU")
    if all(c.entry.tag != images[0] for c in node.outputs):
        raise ValueError(f"connect the output {images[0]}: the result is where the image is")
    if images == ["IMAGE_GPU"]:
        node.require_service(GPU_SERVICE)


def _styled(calculator: type[Calculator], options: Any) -> Layer:
    """The layer that an options message describes. Raises ValueError if its style is impossible."""
    style = {field.name: getattr(options, field.name) for field in options.DESCRIPTOR.fields}
    return calculator.Options(**style)  # the class of the layer
