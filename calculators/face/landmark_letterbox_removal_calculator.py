"""Landmarks with the bars of a letterboxed image removed."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.letterbox import remove_padding_from_points
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks


@calculator
class LandmarkLetterboxRemovalCalculator(Calculator):
    """Converts landmarks in a letterboxed image to the image without the bars.

    MediaPipe's node of this name, for all faces at once; z is scaled as x is.

    Inputs: LANDMARKS, one or more streams; LETTERBOX_PADDING.
    Outputs: LANDMARKS, one per input, empty if the input or the padding is.

    Example::

        node {
          calculator: "LandmarkLetterboxRemovalCalculator"
          input_stream: "LANDMARKS:letterboxed_landmarks"
          input_stream: "LETTERBOX_PADDING:padding"
          output_stream: "LANDMARKS:landmarks"
        }
    """

    landmarks = Input("LANDMARKS", NormalizedLandmarks, repeated=True)  # (F, N, 3)
    # (1, 4) or (F, 4) float32; left, top, right, bottom, as fractions of the letterboxed image
    padding = Input("LETTERBOX_PADDING", np.ndarray)
    adjusted = Output("LANDMARKS", NormalizedLandmarks, repeated=True)  # (F, N, 3)
    timestamp_offset = 0

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        streams = sum(connection.entry.tag == "LANDMARKS" for connection in node.inputs)
        if streams != len(node.outputs):
            raise ValueError(f"{streams} LANDMARKS inputs but {len(node.outputs)} outputs; expected as many")

    def process(self) -> None:
        if self.padding.is_empty:
            return
        for port, output in zip(self.landmarks, self.adjusted, strict=True):
            if not port.is_empty:
                points = remove_padding_from_points(port.value.points, self.padding.value)
                output.send(NormalizedLandmarks(points))
