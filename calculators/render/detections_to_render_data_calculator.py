"""Render data of detections: boxes, keypoints and labels."""

import math

import numpy as np

from attention_mesh.calculators.proto.render_data_pb2 import RenderAnnotation, RenderData
from attention_mesh.drawing.render_annotations import set_color
from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.detections import Detections

_LINE_SHARE = 0.1  # height of a line of text, as a share of the box's
_FONT_SHARE = 0.9  # height of the letters, as a share of the line's


@calculator
class DetectionsToRenderDataCalculator(Calculator):
    """Draws detections: box, keypoints, label and score.

    MediaPipe's node of this name. The text at the top of the box is the name of its class, else its number (0
    for a face detector), and the score; with render_detection_id a line "Id: n" above it, with 0 for a
    detection without a number. Boxes are cut at the frame; one wholly outside has no shape.

    Inputs: one or more of DETECTIONS, DETECTION_LIST and DETECTION.
    Outputs: RENDER_DATA. If there is no detection it holds no shapes, or, without produce_empty_packet, there
      is no packet.
    Options: `color`, `thickness`, `text`, `scene_class`, `render_detection_id`, `produce_empty_packet`.

    Example::

        node {
          calculator: "DetectionsToRenderDataCalculator"
          input_stream: "DETECTIONS:detections"
          output_stream: "RENDER_DATA:detections_render_data"
          node_options {
            [type.googleapis.com/mediapipe.DetectionsToRenderDataCalculatorOptions] {
              thickness: 4.0
              color { r: 0 g: 255 b: 0 }
            }
          }
        }
    """

    listed = Input("DETECTION_LIST", Detections, optional=True)
    detections = Input("DETECTIONS", Detections, optional=True)
    single = Input("DETECTION", Detections, optional=True)
    data = Output("RENDER_DATA", RenderData)
    timestamp_offset = 0

    Options = "mediapipe.DetectionsToRenderDataCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        if not node.inputs:
            raise ValueError("connect DETECTIONS, DETECTION_LIST or DETECTION")

    def process(self) -> None:
        given = [port.value for port in (self.listed, self.detections, self.single) if not port.is_empty]
        if not any(map(len, given)) and not self.options.produce_empty_packet:
            return
        data = RenderData(scene_class=self.options.scene_class)
        for detections in given:
            for index in range(len(detections)):
                self._add(data, detections, index)
        self.data.send(data)

    def _add(self, data: RenderData, detections: Detections, index: int) -> None:
        left, top, width, height = detections.boxes[index].astype(float).tolist()
        line_height = height * _LINE_SHARE
        delimiter, score = self.options.text_delimiter, _hundredths(detections.scores[index])
        lines = [f"{_label(detections, index)}{delimiter}{score:g}{delimiter}"]
        if self.options.render_detection_id:
            lines.insert(0, f"Id: {0 if detections.ids is None else detections.ids[index]}")
        for number, line in enumerate(lines, start=1):
            text = self._new(data, "LABEL").text
            text.CopyFrom(self.options.text)
            text.display_text = line
            _place(text, left, top + number * line_height, line_height)
        feature = self._new(data, "FEATURE").text
        feature.display_text = ""
        _place(feature, left, top + height, line_height)
        rectangle = self._new(data, "LOCATION").rectangle
        rectangle.SetInParent()
        if left + width >= 0 and top + height >= 0 and left <= 1 and top <= 1:
            rectangle.normalized = True
            rectangle.left, rectangle.top = max(left, 0.0), max(top, 0.0)
            rectangle.right, rectangle.bottom = min(left + width, 1.0), min(top + height, 1.0)
        for x, y in detections.keypoints[index].astype(float).tolist():
            point = self._new(data, "KEYPOINT").point
            point.normalized, point.x, point.y = True, x, y

    def _new(self, data: RenderData, tag: str) -> RenderAnnotation:
        annotation = data.render_annotations.add(scene_tag=tag, thickness=self.options.thickness)
        set_color(annotation, self.options.color)
        return annotation


def _label(detections: Detections, index: int) -> str:
    """The name of the class, else its number."""
    name = detections.labels[index] if detections.labels is not None else ""
    return name or str(0 if detections.label_ids is None else detections.label_ids[index])


def _place(text: RenderAnnotation.Text, left: float, baseline: float, line_height: float) -> None:
    text.font_height = line_height * _FONT_SHARE
    text.normalized, text.left, text.baseline = True, max(left, 0.0), min(baseline, 1.0)


def _hundredths(score: np.float32) -> float:
    return math.floor(float(score) * 100 + 0.5) / 100
