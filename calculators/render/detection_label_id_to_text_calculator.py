"""Names for the class numbers of detections."""

from dataclasses import replace

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.framework.resources import resource_file
from attention_mesh.geometry.detections import Detections
from attention_mesh.limits import read_text_file

_WAYS = ("label_map_path", "label", "label_items")


@calculator
class DetectionLabelIdToTextCalculator(Calculator):
    """Gives the classes of detections their names.

    MediaPipe's node of this name.

    Inputs: untagged.
    Outputs: untagged, empty if the input is.
    Options: the names, by one of `label_map_path`, `label` and `label_items`; `keep_label_id`, with which the
      numbers stay. They also stay, for all detections, if a class has no name.

    Example::

        node {
          calculator: "DetectionLabelIdToTextCalculator"
          input_stream: "detections"
          output_stream: "labeled_detections"
          node_options {
            [type.googleapis.com/mediapipe.DetectionLabelIdToTextCalculatorOptions] { label: "Face" }
          }
        }
    """

    detections = Input("", Detections)
    labeled = Output("", Detections)
    timestamp_offset = 0

    Options = "mediapipe.DetectionLabelIdToTextCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        given = [name for name in _WAYS if getattr(node.options, name)]
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} are given; give one of {', '.join(_WAYS)}")

    def open(self) -> None:
        options = self.options
        if options.label_map_path:
            names = read_text_file(resource_file(options.label_map_path)).splitlines()
        else:
            names = list(options.label)
        self.names = dict(enumerate(names)) or {
            number: item.name for number, item in options.label_items.items()
        }

    def process(self) -> None:
        if self.detections.is_empty:
            return
        detections = self.detections.value
        numbers = [0] * len(detections) if detections.label_ids is None else detections.label_ids.tolist()
        labels = tuple(self.names.get(number, "") for number in numbers)
        if not any(labels):
            self.labeled.send(detections)
            return
        keep = self.options.keep_label_id or not all(labels)
        self.labeled.send(
            replace(detections, labels=labels, label_ids=np.array(numbers, np.int64) if keep else None)
        )
