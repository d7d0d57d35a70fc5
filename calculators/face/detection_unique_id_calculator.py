"""Unique numbers for detections."""

import itertools
from dataclasses import replace

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.detections import Detections

# One count for all nodes of a process, as in MediaPipe.
_numbers = itertools.count(1)


@calculator
class DetectionUniqueIdCalculator(Calculator):
    """Numbers detections 1, 2, 3 …; no two in a process have the same number.

    MediaPipe's node of this name. The numbers do not track: each frame's detections get new ones.

    Inputs: DETECTIONS, DETECTION_LIST, or both.
    Outputs: of the same tags, empty if the input is.

    Example::

        node {
          calculator: "DetectionUniqueIdCalculator"
          input_stream: "DETECTIONS:detections"
          output_stream: "DETECTIONS:numbered_detections"
        }
    """

    detections = Input("DETECTIONS", Detections, optional=True)
    detection_list = Input("DETECTION_LIST", Detections, optional=True)
    numbered = Output("DETECTIONS", Detections)
    numbered_list = Output("DETECTION_LIST", Detections)
    timestamp_offset = 0

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        inputs, outputs = (
            {connection.entry.tag for connection in side} for side in (node.inputs, node.outputs)
        )
        if not inputs or inputs != outputs:
            raise ValueError(
                f"the inputs are {sorted(inputs)} and the outputs {sorted(outputs)}; expected the same"
            )

    def process(self) -> None:
        for port, output in ((self.detections, self.numbered), (self.detection_list, self.numbered_list)):
            if not port.is_empty:
                detections = port.value
                numbers = np.fromiter(itertools.islice(_numbers, len(detections)), np.int64, len(detections))
                output.send(replace(detections, ids=numbers))
