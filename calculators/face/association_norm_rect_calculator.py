"""Association of rectangles from several sources: those that do not overlap."""

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.geometry.rect_association import associate_rects, propagate_ids


@calculator
class AssociationNormRectCalculator(Calculator):
    """Keeps one of rectangles that overlap: the one from the later input.

    MediaPipe's node of this name. Rotation is ignored; two rectangles overlap if their intersection over
    union is strictly above min_similarity_threshold.

    Inputs: rectangles, one or more streams in rising priority, any of which may have no packet; PREV, the
      rectangles of the previous timestamp, which only give their ids to those that they overlap.
    Outputs: the rectangles that stay, at every timestamp with at least one packet.
    Options: `min_similarity_threshold`.

    Example::

        node {
          calculator: "AssociationNormRectCalculator"
          input_stream: "rects_from_detections"
          input_stream: "rects_from_landmarks"
          output_stream: "rects"
          node_options {
            [type.googleapis.com/mediapipe.AssociationCalculatorOptions] { min_similarity_threshold: 0.5 }
          }
        }
    """

    rects = Input("", NormalizedRects, repeated=True)  # in rising priority; any may have no packet
    previous = Input("PREV", NormalizedRects, optional=True)  # of the previous timestamp, with ids
    associated = Output("", NormalizedRects)  # at every timestamp with at least one packet
    timestamp_offset = 0

    Options = "mediapipe.AssociationCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        if node.options.min_similarity_threshold < 0:
            raise ValueError(
                f"min_similarity_threshold is {node.options.min_similarity_threshold}; expected 0 or more"
            )

    def process(self) -> None:
        threshold = self.options.min_similarity_threshold
        parts = [port.value for port in self.rects if not port.is_empty]
        associated = associate_rects(parts, threshold)
        if not self.previous.is_empty:
            associated = propagate_ids(self.previous.value, associated, threshold)
        self.associated.send(associated)
