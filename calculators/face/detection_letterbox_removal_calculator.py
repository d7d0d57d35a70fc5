"""Detections with the bars of a letterboxed image removed."""

from dataclasses import replace

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.letterbox import remove_padding_from_boxes, remove_padding_from_points


@calculator
class DetectionLetterboxRemovalCalculator(Calculator):
    """Converts boxes and keypoints in a letterboxed image to the image without the bars.

    MediaPipe's node of this name.

    Inputs: DETECTIONS; LETTERBOX_PADDING, of one region.
    Outputs: DETECTIONS, empty if an input is.

    Example::

        node {
          calculator: "DetectionLetterboxRemovalCalculator"
          input_stream: "DETECTIONS:letterboxed_detections"
          input_stream: "LETTERBOX_PADDING:padding"
          output_stream: "DETECTIONS:detections"
        }
    """

    detections = Input("DETECTIONS", Detections)
    # (1, 4) float32; left, top, right, bottom, as fractions of the letterboxed image
    padding = Input("LETTERBOX_PADDING", np.ndarray)
    adjusted = Output("DETECTIONS", Detections)
    timestamp_offset = 0

    def process(self) -> None:
        if self.detections.is_empty or self.padding.is_empty:
            return
        detections, padding = self.detections.value, np.reshape(self.padding.value, (-1, 4))
        if len(padding) != 1:
            raise ValueError(
                f'stream "{self.padding.name}": the padding of {len(padding)} regions; expected one'
            )
        self.adjusted.send(
            replace(
                detections,
                boxes=remove_padding_from_boxes(detections.boxes, padding),
                keypoints=remove_padding_from_points(detections.keypoints, padding),
            )
        )
