"""Detections of some classes and scores."""

import re
from dataclasses import replace

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.detections import Detections


@calculator
class FilterDetectionCalculator(Calculator):
    """Passes the detections whose label is allowed and whose score lies within limits.

    MediaPipe's node of this name. An allowed label is a text, or a regular expression for the whole label.
    Detections without a label are dropped, and the numbers of classes, as in MediaPipe.

    Inputs: DETECTIONS, or DETECTION.
    Input side packets: the allowed labels: LABELS, a list; LABELS_CSV, text with commas; or LABEL_MAP, a dict
      of numbers and labels. Without one, every label is allowed.
    Outputs: DETECTIONS, N = 0 if none passes; DETECTION, empty if none passes.
    Options: `min_score`, `max_score`; what an empty list of labels means.

    Example::

        node {
          calculator: "FilterDetectionCalculator"
          input_stream: "DETECTIONS:detections"
          output_stream: "DETECTIONS:cups"
          input_side_packet: "LABELS_CSV:allowed_labels"
          node_options {
            [type.googleapis.com/mediapipe.FilterDetectionCalculatorOptions] { min_score: 0.4 }
          }
        }
    """

    detections = Input("DETECTIONS", Detections, optional=True)
    detection = Input("DETECTION", Detections, optional=True)
    labels = SideInput("LABELS", list, optional=True)  # of str
    labels_csv = SideInput("LABELS_CSV", str, optional=True)
    label_map = SideInput("LABEL_MAP", dict, optional=True)  # int → str
    passed = Output("DETECTIONS", Detections)
    first = Output("DETECTION", Detections)  # N = 1
    timestamp_offset = 0

    Options = "mediapipe.FilterDetectionCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        if len(node.inputs) != 1:
            raise ValueError("connect exactly one of the inputs DETECTIONS and DETECTION")
        if len(node.side_inputs) > 1:
            raise ValueError("LABELS, LABELS_CSV and LABEL_MAP exclude one another")

    def open(self) -> None:
        self._allowed: list[str] | None = None  # None for every label
        if self.labels.connected:
            self._allowed = list(self.labels.value)
        elif self.labels_csv.connected:
            self._allowed = [part.strip() for part in self.labels_csv.value.split(",") if part.strip()]
        elif self.label_map.connected:
            self._allowed = list(self.label_map.value.values())
        if self._allowed == []:
            if self.options.fail_on_empty_labels:
                raise ValueError("no label is allowed, and fail_on_empty_labels is set")
            if self.options.empty_allowed_labels_means_allow_everything:
                self._allowed = None

    def process(self) -> None:
        port = self.detections if self.detections.connected else self.detection
        if port.is_empty or self._allowed == []:
            return
        found = port.value
        labels = found.labels or ("",) * len(found)
        passes = np.array([self._is_allowed(label) for label in labels], bool)
        if self.options.HasField("min_score"):
            passes &= found.scores >= np.float32(self.options.min_score)
        if self.options.HasField("max_score"):
            passes &= found.scores <= np.float32(self.options.max_score)
        kept = replace(found.take(passes), label_ids=None, ids=None)
        self.passed.send(kept)
        if len(kept):
            self.first.send(kept)

    def _is_allowed(self, label: str) -> bool:
        if not label or self._allowed is None:
            return bool(label)
        return label in self._allowed or any(re.fullmatch(allowed, label) for allowed in self._allowed)
