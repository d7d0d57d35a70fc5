"""Rectangles turned, shifted, squared and scaled."""

import math
from functools import partial

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.geometry.regions_of_interest import transform_rects


@calculator
class RectTransformationCalculator(Calculator):
    """Turns, shifts, squares and scales rectangles, in this order; track ids stay.

    MediaPipe's node of this name.

    Inputs: one of NORM_RECT and NORM_RECTS, with IMAGE_SIZE, and RECT and RECTS, in pixels, without it.
    Outputs: as many rectangles, empty if an input is.
    Options: `rotation` (radians) or `rotation_degrees`, `shift_x` and `shift_y`, `square_long` or
      `square_short`, `scale_x` and `scale_y`.

    Example::

        node {
          calculator: "RectTransformationCalculator"
          input_stream: "NORM_RECTS:rects"
          input_stream: "IMAGE_SIZE:image_size"
          output_stream: "rois"
          node_options {
            [type.googleapis.com/mediapipe.RectTransformationCalculatorOptions] {
              scale_x: 1.5
              scale_y: 1.5
              square_long: true
            }
          }
        }
    """

    rect = Input("NORM_RECT", NormalizedRects, optional=True)
    rects = Input("NORM_RECTS", NormalizedRects, optional=True)
    rect_px = Input("RECT", NormalizedRects, optional=True)  # in pixels
    rects_px = Input("RECTS", NormalizedRects, optional=True)  # in pixels
    image_size = Input("IMAGE_SIZE", tuple, optional=True)  # (width, height), pixels
    transformed = Output("", NormalizedRects)
    timestamp_offset = 0

    Options = "mediapipe.RectTransformationCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        options = node.options
        tags = {connection.entry.tag for connection in node.inputs}
        rects = tags - {"IMAGE_SIZE"}
        if len(rects) != 1:
            raise ValueError("expected one of the inputs NORM_RECT, NORM_RECTS, RECT and RECTS")
        if rects <= {"NORM_RECT", "NORM_RECTS"} and "IMAGE_SIZE" not in tags:
            raise ValueError("the input IMAGE_SIZE is missing, which normalized rectangles need")
        if options.HasField("rotation") and options.HasField("rotation_degrees"):
            raise ValueError("rotation and rotation_degrees exclude each other")
        if options.square_long and options.square_short:
            raise ValueError("square_long and square_short exclude each other")

    def open(self) -> None:
        options = self.options
        rotation = options.rotation if options.HasField("rotation") else None
        if options.HasField("rotation_degrees"):
            rotation = math.radians(options.rotation_degrees)
        self._transform = partial(
            transform_rects,
            scale=(options.scale_x, options.scale_y),
            shift=(options.shift_x, options.shift_y),
            rotation_rad=rotation,
            square="long" if options.square_long else "short" if options.square_short else None,
        )

    def process(self) -> None:
        for port in (self.rect, self.rects):
            if not port.is_empty and not self.image_size.is_empty:
                self.transformed.send(self._transform(port.value, self.image_size.value))
        for port in (self.rect_px, self.rects_px):
            if not port.is_empty:
                # In pixels the frame is one unit wide and high.
                self.transformed.send(self._transform(port.value, (1, 1)))
