"""A collection → the first few of its items."""

import re
from typing import Any

from attention_mesh.calculators.core.collection_items import accepted_collection, collection_type, part_of
from attention_mesh.framework import Calculator, Input, Output, SideInput
from attention_mesh.framework.registry import calculator_family

_NAMES = [f"Clip{name}VectorSizeCalculator" for name in ("Detection", "NormalizedRect")]


@calculator_family(r"Clip(\w+)VectorSizeCalculator", _NAMES)
class ClipVectorSizeFamily(Calculator):
    """Keeps the first items of a collection, at most a given number.

    One implementation of MediaPipe's Clip…VectorSizeCalculator nodes, whatever type the name holds.

    Inputs: a collection. Input side packets: the number, at least 1, instead of the option `max_vec_size`.
    Outputs: a collection of the same kind; empty where the input is.

    Example::

        node {
          calculator: "ClipDetectionVectorSizeCalculator"
          input_stream: "all_detections"
          input_side_packet: "num_faces"
          output_stream: "detections"
        }
    """

    collection = Input("", object)
    max_size = SideInput("", int, optional=True)  # overrides the option
    clipped = Output("", object)
    timestamp_offset = 0

    Options = "mediapipe.ClipVectorSizeCalculatorOptions"

    @classmethod
    def specialise(cls, match: re.Match) -> dict[str, Any]:
        """Ports of the type that the name holds."""
        name = match[1]
        return {
            "collection": Input("", accepted_collection(name)),
            "clipped": Output("", collection_type(name)),
        }

    def open(self) -> None:
        self._max_size = self.max_size.value if self.max_size.connected else self.options.max_vec_size
        if self._max_size < 1:
            raise ValueError(f"at most {self._max_size} items are to stay; expected at least 1")

    def process(self) -> None:
        if self.collection.is_empty:
            return
        collection = self.collection.value
        enough = len(collection) <= self._max_size
        self.clipped.send(collection if enough else part_of(collection, 0, self._max_size))
