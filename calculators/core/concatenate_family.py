"""Several collections → one, their items in order."""

import re
from typing import Any

import numpy as np

from attention_mesh.calculators.core.collection_items import is_array_type
from attention_mesh.calculators.core.named_collection import NamedCollection
from attention_mesh.framework import Calculator, Input, Output
from attention_mesh.framework.registry import calculator_family

_VECTORS = (
    "Bool ClassificationList Detection Float Image Int32 LandmarList Landmark LandmarkList "
    "NormalizedLandmarkList RenderData String Tensor TfLiteTensor UInt64"
).split()
_LISTS = "Classification Joint Landmark NormalizedLandmark".split()
_NAMES = [f"Concatenate{name}VectorCalculator" for name in _VECTORS]
_NAMES += [f"Concatenate{name}ListCalculator" for name in _LISTS]


@calculator_family(r"Concatenate(\w+?)(Vector|List)Calculator", _NAMES)
class ConcatenateFamily(Calculator):
    """Sends the items of all its inputs as one collection, at each timestamp at which any has a packet.

    One implementation of MediaPipe's Concatenate…VectorCalculator and Concatenate…ListCalculator nodes,
    whatever type the name holds. ConcatenateNormalizedLandmarkListVector puts faces after one another,
    ConcatenateNormalizedLandmarkList and ConcatenateLandmarkVector the points of a face.

    Inputs: collections, one or more; those of a Vector node may as well hold single items. An input without
    packet is left out, or, with `only_emit_if_all_present`, silences the node at that timestamp.
    Outputs: the joined collection.

    Example::

        node {
          calculator: "ConcatenateNormalizedLandmarkListCalculator"
          input_stream: "left_iris_landmarks"
          input_stream: "right_iris_landmarks"
          output_stream: "iris_landmarks"
        }
    """

    collections = Input("", object, repeated=True)
    whole = Output("", object)
    timestamp_offset = 0

    _kind: NamedCollection

    Options = "mediapipe.ConcatenateVectorCalculatorOptions"

    @classmethod
    def specialise(cls, match: re.Match) -> dict[str, Any]:
        """The type that the name holds."""
        kind = NamedCollection(match)
        return {"whole": Output("", kind.type), "_kind": kind}

    def process(self) -> None:
        values = [port.value for port in self.collections if not port.is_empty]
        if len(values) < len(self.collections) and self.options.only_emit_if_all_present:
            return
        if not self._kind.is_inner:
            values = [self._as_collection(value) for value in values]
        self.whole.send(values[0] if len(values) == 1 else self._kind.concatenate(values))

    def _as_collection(self, value: Any) -> Any:
        """A single item becomes a list of it; array types hold single items as they are."""
        lists = (list, tuple) if self._kind.item_type is np.ndarray else (list, tuple, np.ndarray)
        return value if isinstance(value, lists) or is_array_type(value) else [value]
