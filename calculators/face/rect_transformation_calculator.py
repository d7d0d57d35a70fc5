"""Rectangles → the same, turned, shifted, squared or scaled."""

import math

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.geometry.detections_to_rects import transform_rects
from attention_mesh.geometry.normalized_rects import NormalizedRects


@calculator
class RectTransformationCalculator(Calculator):
    """Turns, shifts, squares and scales rectangles, in this order; track ids stay.

    MediaPipe's node of this name, for normalised rectangles.

    Inputs: NORM_RECT or NORM_RECTS; IMAGE_SIZE. Output: as many rectangles, empty where an input is.

    Example::

        node {
          calculator: "RectTransformationCalculator"
          input_stream: "NORM_RECTS:rects"
          input_stream: "IMAGE_SIZE:image_size"
          output_stream: "rois"
          options {
            [mediapipe.RectTransformationCalculatorOptions.ext] {
              scale_x: 1.5
              scale_y: 1.5
              square_long: true
            }
          }
        }
    """

    rect = Input("NORM_RECT", NormalizedRects, optional=True)
    rects = Input("NORM_RECTS", NormalizedRects, optional=True)
    image_size = Input("IMAGE_SIZE", tuple)  # (width, height), pixels
    transformed = Output("", NormalizedRects)
    timestamp_offset = 0

    Options = "mediapipe.RectTransformationCalculatorOptions"

    @classmethod
    def contract(cls, node) -> None:
        options = node.options
        if len({connection.entry.tag for connection in node.inputs} & {"NORM_RECT", "NORM_RECTS"}) != 1:
            raise ValueError("expected one of the inputs NORM_RECT and NORM_RECTS")
        if options.HasField("rotation") and options.HasField("rotation_degrees"):
            raise ValueError("rotation and rotation_degrees exclude each other")
        if options.square_long and options.square_short:
            raise ValueError("square_long and square_short exclude each other")

    def open(self) -> None:
        options = self.options
        rotation = options.rotation if options.HasField("rotation") else None
        if options.HasField("rotation_degrees"):
            rotation = math.radians(options.rotation_degrees)
        self._arguments = {
            "scale": (options.scale_x, options.scale_y),
            "shift": (options.shift_x, options.shift_y),
            "rotation_rad": rotation,
            "square": "long" if options.square_long else "short" if options.square_short else None,
        }

    def process(self) -> None:
        rects = self.rect.value if self.rect.connected else self.rects.value
        if rects is not None and not self.image_size.is_empty:
            self.transformed.send(transform_rects(rects, self.image_size.value, **self._arguments))
