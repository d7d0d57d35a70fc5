"""A collection and a truth value for each item → the items for which it is true."""

import re
from typing import Any

import numpy as np

from attention_mesh.calculators.core.collection_items import (
    accepted_collection,
    collection_type,
    is_array_type,
    items_of,
)
from attention_mesh.framework import Calculator, Input, Output
from attention_mesh.framework.registry import calculator_family

_TYPES = "ClassificationList LandmarkList NormalizedLandmarkList NormalizedRect UInt64".split()


@calculator_family(
    r"Filter(\w+)CollectionCalculator", [f"Filter{name}CollectionCalculator" for name in _TYPES]
)
class FilterCollectionFamily(Calculator):
    """Keeps the items of a collection whose condition is true.

    One implementation of MediaPipe's Filter…CollectionCalculator nodes, whatever type the name holds.

    Inputs: ITERABLE, the collection; CONDITION (list or array of bool), one an item.
    Outputs: ITERABLE, a collection of the same kind, which may be empty; no packet where an input has none.

    Example::

        node {
          calculator: "FilterNormalizedRectCollectionCalculator"
          input_stream: "ITERABLE:rois"
          input_stream: "CONDITION:are_faces"
          output_stream: "ITERABLE:rois_of_faces"
        }
    """

    collection = Input("ITERABLE", object)
    condition = Input("CONDITION", list | tuple | np.ndarray)
    filtered = Output("ITERABLE", object)
    timestamp_offset = 0

    @classmethod
    def specialise(cls, match: re.Match) -> dict[str, Any]:
        """Ports of the type that the name holds."""
        name = match[1]
        return {
            "collection": Input("ITERABLE", accepted_collection(name)),
            "filtered": Output("ITERABLE", collection_type(name)),
        }

    def process(self) -> None:
        if self.collection.is_empty or self.condition.is_empty:
            return
        collection, keep = self.collection.value, np.asarray(self.condition.value, bool)
        if keep.shape != (len(collection),):
            raise ValueError(
                f"CONDITION has {keep.size} values for {len(collection)} items; expected one an item"
            )
        if is_array_type(collection):
            self.filtered.send(collection.take(keep))
        else:
            self.filtered.send([item for item, kept in zip(items_of(collection), keep, strict=True) if kept])
