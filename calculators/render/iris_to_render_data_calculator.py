"""Render data of irises: circles and points."""

import math

import numpy as np

from attention_mesh.calculators.proto.render_data_pb2 import RenderData
from attention_mesh.drawing.render_annotations import set_color
from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks

_POINTS = 5  # of an iris: the center, then four on its rim, opposite ones two apart
_LINE_SHARE = 1.5  # height of a line of text, in heights of its letters
_TEXT_THICKNESS = 5
_RED = 255


@calculator
class IrisToRenderDataCalculator(Calculator):
    """Draws a circle around each iris, its five points, and its distance.

    MediaPipe's node of this name. The circle has the mean of the iris's two diameters.

    Inputs: IRIS, the points of the left and then of the right iris; IMAGE_SIZE; LEFT_IRIS_DEPTH_MM and
      RIGHT_IRIS_DEPTH_MM, distances from the camera, which appear as text in centimeters if they are finite.
    Outputs: RENDER_DATA, empty if IRIS is.
    Options: colors, thicknesses and the text's font.

    Example::

        node {
          calculator: "IrisToRenderDataCalculator"
          input_stream: "IRIS:iris_landmarks"
          input_stream: "IMAGE_SIZE:image_size"
          output_stream: "RENDER_DATA:iris_render_data"
          node_options {
            [type.googleapis.com/mediapipe.IrisToRenderDataCalculatorOptions] {
              oval_color { r: 0 g: 0 b: 255 }
              landmark_color { r: 0 g: 255 b: 0 }
              oval_thickness: 4.0
              landmark_thickness: 2.0
            }
          }
        }
    """

    iris = Input("IRIS", NormalizedLandmarks)  # (F, 10, 3)
    image_size = Input("IMAGE_SIZE", tuple)  # (width, height), pixels
    left_depth = Input("LEFT_IRIS_DEPTH_MM", float, optional=True)
    right_depth = Input("RIGHT_IRIS_DEPTH_MM", float, optional=True)
    data = Output("RENDER_DATA", RenderData)
    timestamp_offset = 0

    Options = "mediapipe.IrisToRenderDataCalculatorOptions"

    def process(self) -> None:
        if self.iris.is_empty:
            return
        faces = self.iris.value.points
        if faces.shape[1] != 2 * _POINTS:
            raise ValueError(
                f'stream "{self.iris.name}": {faces.shape[1]} landmarks; expected {_POINTS} an iris, of both '
                "eyes"
            )
        if self.image_size.is_empty:
            raise ValueError(f'stream "{self.image_size.name}" has no packet although there are irises')
        size = self.image_size.value
        data = RenderData()
        for iris in faces.reshape(-1, _POINTS, 3):
            self._add_iris(data, iris[:, :2].astype(float), size)
        self._add_text(data, size[1])
        self.data.send(data)

    def _add_iris(self, data: RenderData, iris: np.ndarray, size: tuple[int, int]) -> None:
        options, rim = self.options, iris[1:] * size
        diameter = np.linalg.norm(rim[:2] - rim[2:], axis=1).mean()
        circle = data.render_annotations.add(scene_tag="OVAL", thickness=options.oval_thickness)
        set_color(circle, options.oval_color)
        rectangle, half = circle.oval.rectangle, diameter / 2 / np.array(size)
        rectangle.left, rectangle.top = (iris[0] - half).tolist()
        rectangle.right, rectangle.bottom = (iris[0] + half).tolist()
        rectangle.normalized = True
        for x, y in iris.tolist():
            dot = data.render_annotations.add(thickness=options.landmark_thickness)
            set_color(dot, options.landmark_color)
            dot.point.x, dot.point.y, dot.point.normalized = x, y, True

    def _add_text(self, data: RenderData, image_height: int) -> None:
        options = self.options
        lines = [
            f"{side} : :{math.floor(port.value / 10 + 0.5)} cm"
            for side, port in (("Left", self.left_depth), ("Right", self.right_depth))
            if not port.is_empty and math.isfinite(port.value)
        ]
        line_height = math.ceil(options.font_height_px * _LINE_SHARE)
        first = options.vertical_offset_px
        first += (
            line_height if options.location == options.TOP_LEFT else image_height - line_height * len(lines)
        )
        for number, line in enumerate(lines):
            annotation = data.render_annotations.add(thickness=_TEXT_THICKNESS)
            annotation.color.r, annotation.color.g, annotation.color.b = _RED, 0, 0
            text = annotation.text
            text.display_text, text.font_height = line, options.font_height_px
            text.left, text.baseline = options.horizontal_offset_px, first + number * line_height
            text.font_face = options.font_face
