"""A collection → how many items it holds."""

import re
from typing import Any

from attention_mesh.calculators.core.collection_items import accepted_collection
from attention_mesh.framework import Calculator, Input, Output
from attention_mesh.framework.registry import calculator_family


@calculator_family(r"(?!Clip)(\w+)VectorSizeCalculator")
class VectorSizeFamily(Calculator):
    """Sends the number of items of a collection; no packet, no number.

    One implementation of MediaPipe's …VectorSizeCalculator nodes, whatever type the name holds.

    Inputs: VECTOR, the collection. Outputs: SIZE (int).

    Example::

        node {
          calculator: "NormalizedRectVectorSizeCalculator"
          input_stream: "VECTOR:rois"
          output_stream: "SIZE:number_of_rois"
        }
    """

    vector = Input("VECTOR", object)
    size = Output("SIZE", int)
    timestamp_offset = 0

    @classmethod
    def specialise(cls, match: re.Match) -> dict[str, Any]:
        """A port of the type that the name holds."""
        return {"vector": Input("VECTOR", accepted_collection(match[1]))}

    def process(self) -> None:
        if not self.vector.is_empty:
            self.size.send(len(self.vector.value))
