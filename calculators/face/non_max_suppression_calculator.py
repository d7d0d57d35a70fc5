"""Non-maximum suppression: one detection per object out of many that overlap."""

from functools import partial

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.non_max_suppression import (
    non_max_suppression,
    suppress_by_class,
    weighted_non_max_suppression,
)


@calculator
class NonMaxSuppressionCalculator(Calculator):
    """Keeps the best of detections that overlap, or their score-weighted mean; best score first.

    MediaPipe's node of this name. The weighted algorithm respects max_num_detections too.

    Inputs: detections, one stream or, with num_detection_streams, several that are joined; IMAGE, which is
      not read.
    Outputs: detections. If there is none: a packet with N = 0 with return_empty_detections, else no packet.
    Options: `min_suppression_threshold`, `min_score_threshold`, `max_num_detections`, `overlap_type`,
      `algorithm`; `multiclass_nms`, with which detections of different classes leave one another alone.

    Example::

        node {
          calculator: "NonMaxSuppressionCalculator"
          input_stream: "unfiltered_detections"
          output_stream: "detections"
          node_options {
            [type.googleapis.com/mediapipe.NonMaxSuppressionCalculatorOptions] {
              min_suppression_threshold: 0.3
              overlap_type: INTERSECTION_OVER_UNION
              algorithm: WEIGHTED
              return_empty_detections: true
            }
          }
        }
    """

    detections = Input("", Detections, repeated=True)
    image = Input("IMAGE", object, optional=True)
    kept = Output("", Detections)
    timestamp_offset = 0

    Options = "mediapipe.NonMaxSuppressionCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        options = node.options
        streams = sum(not connection.entry.tag for connection in node.inputs)
        if options.num_detection_streams != streams:
            raise ValueError(
                f"num_detection_streams is {options.num_detection_streams}, but {streams} are connected"
            )
        if options.max_num_detections == 0:
            raise ValueError("max_num_detections is 0; expected at least 1, or -1 for all")
        if options.overlap_type == options.UNSPECIFIED_OVERLAP_TYPE:
            raise ValueError("overlap_type is unspecified")

    def open(self) -> None:
        options = self.options
        weighted = options.algorithm == options.WEIGHTED
        suppress = weighted_non_max_suppression if weighted else non_max_suppression
        self._suppress = partial(suppress_by_class, suppress=suppress) if options.multiclass_nms else suppress
        self._arguments = {
            "max_overlap": options.min_suppression_threshold,
            "min_score": options.min_score_threshold,
            "max_detections": options.max_num_detections,
            "overlap_type": options.OverlapType.Name(options.overlap_type),
        }
        self._send_empty = options.return_empty_detections

    def process(self) -> None:
        parts = [port.value for port in self.detections if not port.is_empty]
        found = [part for part in parts if len(part)]
        if not found:
            if self._send_empty:
                self.kept.send(parts[0] if parts else Detections.empty())
            return
        together = found[0] if len(found) == 1 else Detections.concatenate(found)
        self.kept.send(self._suppress(together, **self._arguments))
