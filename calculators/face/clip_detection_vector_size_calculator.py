"""Detections → the first few of them."""

from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.geometry.detections import Detections


@calculator
class ClipDetectionVectorSizeCalculator(Calculator):
    """Keeps the first detections, at most a given number. MediaPipe's node of this name.

    Inputs: detections. Input side packets: the number, instead of the option. Output: empty where the input
    is.

    Example::

        node {
          calculator: "ClipDetectionVectorSizeCalculator"
          input_stream: "all_detections"
          input_side_packet: "num_faces"
          output_stream: "detections"
        }
    """

    detections = Input("", Detections)
    max_size = SideInput("", int, optional=True)  # overrides the option
    clipped = Output("", Detections)
    timestamp_offset = 0

    Options = "mediapipe.ClipVectorSizeCalculatorOptions"

    def open(self) -> None:
        self._max_size = self.max_size.value if self.max_size.connected else self.options.max_vec_size
        if self._max_size < 1:
            raise ValueError(f"at most {self._max_size} detections; expected at least 1")

    def process(self) -> None:
        if self.detections.is_empty:
            return
        detections = self.detections.value
        enough = len(detections) <= self._max_size
        self.clipped.send(detections if enough else detections.take(slice(0, self._max_size)))
