"""Are there enough of something? What the calculators of that question share."""

from attention_mesh.framework import Calculator, Input, Output, SideInput


class CollectionHasMinSize(Calculator):
    """Says whether a packet holds at least min_size items; no packet, no answer.

    A subclass names the type: MediaPipe registers the node once a type, too.
    """

    collection = Input("ITERABLE", object)
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
        if not self.collection.is_empty:
            self.has_min_size.send(len(self.collection.value) >= self._min_size)
