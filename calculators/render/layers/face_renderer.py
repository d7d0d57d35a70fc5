"""What the nodes that draw over faces have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from attention_mesh.drawing.layers.canvas import Canvas
from attention_mesh.drawing.layers.drawn_faces import DrawnFaces
from attention_mesh.drawing.layers.layer import Layer
from attention_mesh.drawing.layers.layers import draw_layers
from attention_mesh.framework import Calculator, Input, Output
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks


class FaceRenderer(Calculator):
    """Draws layers over all faces of a frame, in a copy of it. A frame without a face passes unchanged.

    A subclass names its layer as `Options`, or gives `layers`. If a layer has inputs beside the landmarks, it
    gives `details`, too. A layer whose details have no packet at a timestamp is left out there.
    """

    image = Input("IMAGE", np.ndarray)  # (H, W, 3) uint8 RGB
    landmarks = Input("LANDMARKS", NormalizedLandmarks)  # (F, 468 or 478, 3), normalized to the frame
    annotated = Output("IMAGE", np.ndarray)  # (H, W, 3) uint8 RGB
    timestamp_offset = 0

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        _styled(cls, node.options)

    def open(self) -> None:
        self._layers = self.layers()

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
        if self.image.is_empty:
            return
        image = self.image.value
        if not self.landmarks.is_empty and len(self.landmarks.value):
            image = np.array(image, order="C")
            canvas = Canvas(image)
            faces = DrawnFaces(
                self.landmarks.value.in_pixels(canvas.size),
                timestamp_us=self.timestamp,
                **self.details(canvas.size),
            )
            known = [
                layer
                for layer in self._layers
                if all(getattr(faces, name) is not None for name in layer.needs)
            ]
            draw_layers(canvas, faces, known)
        self.annotated.send(image)


def _styled(calculator: type[Calculator], options: Any) -> Layer:
    """The layer that an options message describes. Raises ValueError if its style is impossible."""
    style = {field.name: getattr(options, field.name) for field in options.DESCRIPTOR.fields}
    return calculator.Options(**style)  # the class of the layer
