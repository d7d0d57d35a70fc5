"""Projection of detections from a crop to the image."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.projection import project_detections


@calculator
class DetectionProjectionCalculator(Calculator):
    """Maps detections from a network's input to the image it was cut from.

    MediaPipe's node of this name.

    Inputs: DETECTIONS, one or more streams; PROJECTION_MATRIX, of one region.
    Outputs: DETECTIONS, one per input, empty if the input or the matrix is.

    Example::

        node {
          calculator: "DetectionProjectionCalculator"
          input_stream: "DETECTIONS:detections_in_the_crop"
          input_stream: "PROJECTION_MATRIX:matrix"
          output_stream: "DETECTIONS:detections"
        }
    """

    detections = Input("DETECTIONS", Detections, repeated=True)
    matrix = Input("PROJECTION_MATRIX", np.ndarray)  # (1, 4, 4) float32, see ImageToTensorCalculator
    projected = Output("DETECTIONS", Detections, repeated=True)
    timestamp_offset = 0

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        streams = sum(connection.entry.tag == "DETECTIONS" for connection in node.inputs)
        if streams != len(node.outputs):
            raise ValueError(f"{streams} DETECTIONS inputs but {len(node.outputs)} outputs; expected as many")

    def process(self) -> None:
        if self.matrix.is_empty:
            return
        matrices = self.matrix.value
        if matrices.shape != (1, 4, 4):
            raise ValueError(
                f'stream "{self.matrix.name}": matrices of shape {matrices.shape}; expected those of one '
                "region, (1, 4, 4). For a batch connect PROJECTION_MATRIX to TensorsToDetectionsCalculator"
            )
        for port, output in zip(self.detections, self.projected, strict=True):
            if not port.is_empty:
                output.send(project_detections(port.value, matrices[0]))
