"""Render data of scored labels: lines of text in a corner of the image."""

import math

from attention_mesh.calculators.proto.color_pb2 import Color
from attention_mesh.calculators.proto.render_data_pb2 import RenderData
from attention_mesh.drawing.render_annotations import set_color
from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.formats.classification_pb2 import ClassificationList
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.framework.timestamps import PRE_STREAM
from attention_mesh.media.video_header import VideoHeader

_LINE_SHARE = 1.25  # height of a line of text, in heights of its letters
_RED = Color(r=255, g=0, b=0)
_BLACK = Color(r=0, g=0, b=0)


@calculator
class LabelsToRenderDataCalculator(Calculator):
    """Draws labels, and their scores, one below the other.

    MediaPipe's node of this name.

    Inputs: CLASSIFICATIONS; or LABELS and perhaps SCORES, lists of the same length. VIDEO_PRESTREAM, a
      video's header, which tells the image's height if the text stands at the bottom.
    Outputs: RENDER_DATA; empty if the labels are.
    Options: colors, thicknesses, the text's font and place; `max_num_labels`; `use_display_name` and
      `display_classification_score`.

    Example::

        node {
          calculator: "LabelsToRenderDataCalculator"
          input_stream: "CLASSIFICATIONS:blend_shapes"
          output_stream: "RENDER_DATA:labels_render_data"
          node_options {
            [type.googleapis.com/mediapipe.LabelsToRenderDataCalculatorOptions] {
              color { r: 255 g: 0 b: 0 }
              max_num_labels: 5
              display_classification_score: true
            }
          }
        }
    """

    classifications = Input("CLASSIFICATIONS", ClassificationList, optional=True)
    labels = Input("LABELS", list, optional=True)  # of str
    scores = Input("SCORES", list, optional=True)  # of float
    header = Input("VIDEO_PRESTREAM", VideoHeader, optional=True)
    data = Output("RENDER_DATA", RenderData)
    timestamp_offset = 0

    Options = "mediapipe.LabelsToRenderDataCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        tags = {connection.entry.tag for connection in node.inputs}
        if len(tags & {"CLASSIFICATIONS", "LABELS"}) != 1:
            raise ValueError("connect exactly one of CLASSIFICATIONS and LABELS")
        if "SCORES" in tags and "LABELS" not in tags:
            raise ValueError("SCORES belong to LABELS; classifications have scores of their own")
        if node.options.location != node.options.TOP_LEFT and "VIDEO_PRESTREAM" not in tags:
            raise ValueError("text at the bottom needs VIDEO_PRESTREAM, which tells the image's height")

    def open(self) -> None:
        self._image_height = 0

    def process(self) -> None:
        if self.timestamp == PRE_STREAM:
            if not self.header.is_empty:
                self._image_height = self.header.value.height
            return
        port = self.classifications if self.classifications.connected else self.labels
        if port.is_empty:
            return
        options = self.options
        lines = self._lines()[: max(options.max_num_labels, 0)]
        line_height = math.ceil(options.font_height_px * _LINE_SHARE)
        first = options.vertical_offset_px + line_height
        if options.location == options.BOTTOM_LEFT:
            first = options.vertical_offset_px + self._image_height - line_height * (len(lines) - 1)
        data = RenderData()
        for number, line in enumerate(lines):
            annotation = data.render_annotations.add(thickness=options.thickness)
            set_color(annotation, _nth(options.color, number, _RED))
            text = annotation.text
            text.display_text, text.font_height = line, options.font_height_px
            text.left, text.baseline = options.horizontal_offset_px, first + number * line_height
            text.font_face = options.font_face
            if options.outline_thickness > 0:
                text.outline_thickness = options.outline_thickness
                text.outline_color.CopyFrom(_nth(options.outline_color, number, _BLACK))
        self.data.send(data)

    def _lines(self) -> list[str]:
        options = self.options
        if self.classifications.connected:
            found = self.classifications.value.classification
            names = [each.display_name if options.use_display_name else each.label for each in found]
            scores = [each.score for each in found] if options.display_classification_score else None
        else:
            names, scores = self.labels.value, self.scores.value if self.scores.connected else None
        if scores is None:
            return list(names)
        if len(scores) != len(names):
            raise ValueError(f"{len(scores)} scores for {len(names)} labels; expected as many")
        return [f"{name}:{score:.6g}" for name, score in zip(names, scores, strict=True)]


def _nth(colors: list[Color], number: int, default: Color) -> Color:
    return colors[number % len(colors)] if colors else default
