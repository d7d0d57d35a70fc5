"""Are there enough rectangles?"""

from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.geometry.normalized_rects import NormalizedRects


@calculator
class NormalizedRectVectorHasMinSizeCalculator(Calculator):
    """Says whether a packet holds at least min_size rectangles; no packet, no answer.

    MediaPipe's node of this name. The number comes from the side packet where one is connected.

    Example::

        node {
          calculator: "NormalizedRectVectorHasMinSizeCalculator"
          input_stream: "ITERABLE:previous_rois"
          input_side_packet: "num_faces"
          output_stream: "has_enough_faces"
        }
    """

    rects = Input("ITERABLE", NormalizedRects)
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
        if not self.rects.is_empty:
            self.has_min_size.send(len(self.rects.value) >= self._min_size)
