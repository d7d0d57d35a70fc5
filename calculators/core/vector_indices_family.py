"""A collection → the numbers of its items."""

import re
from typing import Any

from attention_mesh.calculators.core.collection_items import accepted_collection
from attention_mesh.framework import Calculator, Input, Output
from attention_mesh.framework.registry import calculator_family

_NAMES = [f"{name}VectorIndicesCalculator" for name in ("Int", "NormalizedLandmarkList", "Uint64t")]


@calculator_family(r"(\w+)VectorIndicesCalculator", _NAMES)
class VectorIndicesFamily(Calculator):
    """Sends 0, 1, 2 … for the items of a collection, to loop over; no packet where it has none.

    One implementation of MediaPipe's …VectorIndicesCalculator nodes, whatever type the name holds.

    Inputs: VECTOR, the collection. Outputs: INDICES (list of int).

    Example::

        node {
          calculator: "NormalizedLandmarkListVectorIndicesCalculator"
          input_stream: "VECTOR:multi_face_landmarks"
          output_stream: "INDICES:face_numbers"
        }
    """

    vector = Input("VECTOR", object)
    indices = Output("INDICES", list)
    timestamp_offset = 0

    @classmethod
    def specialise(cls, match: re.Match) -> dict[str, Any]:
        """A port of the type that the name holds."""
        return {"vector": Input("VECTOR", accepted_collection(match[1]))}

    def process(self) -> None:
        if not self.vector.is_empty:
            self.indices.send(list(range(len(self.vector.value))))
