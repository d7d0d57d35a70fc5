"""Are there enough detections?"""

from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.geometry.detections import Detections


@calculator
class DetectionVectorHasMinSizeCalculator(Calculator):
    """Says whether a packet holds at least min_size detections; no packet, no answer.

    Inputs: ITERABLE. Input side packets: the number, instead of the option. Output: empty where ITERABLE is.

    Example::

        node {
          calculator: "DetectionVectorHasMinSizeCalculator"
          input_stream: "ITERABLE:detections"
          output_stream: "found_any"
          options { [mediapipe.CollectionHasMinSizeCalculatorOptions.ext] { min_size: 1 } }
        }
    """

    detections = Input("ITERABLE", Detections)
    min_size = SideInput("", int, optional=True)  # overrides the option
    has_min_size = Output("", bool)
    timestamp_offset = 0

    Options = "mediapipe.CollectionHasMinSizeCalculatorOptions"

    @classmethod
    def contract(cls, node) -> None:
        if node.options.min_size < 0:
            raise ValueError(f"min_size is {node.options.min_size}; expected 0 or more")

    def open(self) -> None:
        self._min_size = self.min_size.value if self.min_size.connected else self.options.min_size

    def process(self) -> None:
        if not self.detections.is_empty:
            self.has_min_size.send(len(self.detections.value) >= self._min_size)
