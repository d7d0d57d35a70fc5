"""Render data of rectangles."""

import numpy as np

from attention_mesh.calculators.proto.render_data_pb2 import RenderAnnotation, RenderData
from attention_mesh.drawing.render_annotations import set_color
from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.normalized_rects import NormalizedRects

_TAGS = ("NORM_RECT", "RECT", "NORM_RECTS", "RECTS")


@calculator
class RectToRenderDataCalculator(Calculator):
    """Draws rectangles, or the ellipses in them, as outlines or filled.

    MediaPipe's node of this name. An upright rectangle wholly above or left of the frame has no shape, nor
    has a normalized one below or right of it.

    Inputs: exactly one of NORM_RECT and NORM_RECTS, in fractions of the frame, and RECT and RECTS, in pixels.
    Outputs: RENDER_DATA, empty if the input is.
    Options: `color`, `thickness`, `filled`, `oval`, `top_left_thickness`.

    Example::

        node {
          calculator: "RectToRenderDataCalculator"
          input_stream: "NORM_RECTS:rois"
          output_stream: "RENDER_DATA:rois_render_data"
          node_options {
            [type.googleapis.com/mediapipe.RectToRenderDataCalculatorOptions] {
              color { r: 255 g: 0 b: 0 }
              thickness: 4.0
            }
          }
        }
    """

    norm_rect = Input("NORM_RECT", NormalizedRects, optional=True)
    rect = Input("RECT", NormalizedRects, optional=True)  # in pixels
    norm_rects = Input("NORM_RECTS", NormalizedRects, optional=True)
    rects = Input("RECTS", NormalizedRects, optional=True)  # in pixels
    data = Output("RENDER_DATA", RenderData)
    timestamp_offset = 0

    Options = "mediapipe.RectToRenderDataCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        if len(node.inputs) != 1:
            raise ValueError(f"connect exactly one of {', '.join(_TAGS)}")

    def process(self) -> None:
        data = RenderData()
        for port, normalized in (
            (self.norm_rect, True),
            (self.rect, False),
            (self.norm_rects, True),
            (self.rects, False),
        ):
            if not port.is_empty:
                for values in port.value.values:
                    self._add(data, values, normalized)
        self.data.send(data)

    def _add(self, data: RenderData, values: np.ndarray, normalized: bool) -> None:
        options = self.options
        annotation = data.render_annotations.add(thickness=options.thickness)
        set_color(annotation, options.color)
        rectangle = self._rectangle_of(annotation)
        rectangle.SetInParent()
        if options.HasField("top_left_thickness"):
            rectangle.top_left_thickness = options.top_left_thickness
        center, size, rotation = values[:2], values[2:4], float(values[4])
        left, top = (center - size / 2).astype(float).tolist()
        right, bottom = left + float(size[0]), top + float(size[1])
        outside = right < 0 or bottom < 0 or (normalized and (left > 1 or top > 1))
        if rotation == 0 and outside:
            return
        rectangle.normalized = normalized
        rectangle.left, rectangle.top, rectangle.right, rectangle.bottom = left, top, right, bottom
        rectangle.rotation = rotation

    def _rectangle_of(self, annotation: RenderAnnotation) -> RenderAnnotation.Rectangle:
        if self.options.oval:
            oval = annotation.filled_oval.oval if self.options.filled else annotation.oval
            return oval.rectangle
        return annotation.filled_rectangle.rectangle if self.options.filled else annotation.rectangle
