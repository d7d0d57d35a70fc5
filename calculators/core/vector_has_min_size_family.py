"""A collection → are there enough items?"""

import re
from typing import Any

from attention_mesh.calculators.core.collection_items import accepted_collection
from attention_mesh.framework import Calculator, Input, Output, SideInput
from attention_mesh.framework.registry import calculator_family

_TYPES = "ClassificationList Detection NormalizedLandmarkList NormalizedRect".split()


@calculator_family(
    r"(\w+)VectorHasMinSizeCalculator", [f"{name}VectorHasMinSizeCalculator" for name in _TYPES]
)
class VectorHasMinSizeFamily(Calculator):
    """Says whether a collection holds at least min_size items; no packet, no answer.

    One implementation of MediaPipe's …VectorHasMinSizeCalculator nodes, whatever type the name holds.

    Inputs: ITERABLE, the collection. Input side packets: the number, instead of the option.
    Outputs: a bool; empty where ITERABLE is.

    Example::

        node {
          calculator: "NormalizedRectVectorHasMinSizeCalculator"
          input_stream: "ITERABLE:previous_rois"
          input_side_packet: "num_faces"
          output_stream: "has_enough_faces"
        }
    """

    collection = Input("ITERABLE", object)
    min_size = SideInput("", int, optional=True)  # overrides the option
    has_min_size = Output("", bool)
    timestamp_offset = 0

    Options = "mediapipe.CollectionHasMinSizeCalculatorOptions"

    @classmethod
    def specialise(cls, match: re.Match) -> dict[str, Any]:
        """A port of the type that the name holds."""
        return {"collection": Input("ITERABLE", accepted_collection(match[1]))}

    @classmethod
    def contract(cls, node) -> None:
        if node.options.min_size < 0:
            raise ValueError(f"min_size is {node.options.min_size}; expected 0 or more")

    def open(self) -> None:
        self._min_size = self.min_size.value if self.min_size.connected else self.options.min_size

    def process(self) -> None:
        if not self.collection.is_empty:
            self.has_min_size.send(len(self.collection.value) >= self._min_size)
