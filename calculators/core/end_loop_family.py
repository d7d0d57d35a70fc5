"""Items, each in a packet of its own → the collection of them."""

import re
from typing import Any

from attention_mesh.calculators.core.collection_items import collection_type, item_type, joined
from attention_mesh.framework import Calculator, Input, Output
from attention_mesh.framework.registry import calculator_family

_NAMES = (
    "AffineMatrix Boolean ClassificationList Detection Float GpuBuffer Image ImageFrame ImageSize "
    "LandmarkListVector Matrix NormalizedLandmarkListVector NormalizedRect RenderData Tensor TfLiteTensor"
).split()


@calculator_family(r"EndLoop(\w+)Calculator", [f"EndLoop{name}Calculator" for name in _NAMES])
class EndLoopFamily(Calculator):
    """Closes a loop that a BeginLoop node opened: collects what was made of its items.

    One implementation of MediaPipe's EndLoop…Calculator nodes, whatever type the name holds. Items of an
    array type become one value of it, all others a list. A loop that gave no item gives no packet: the
    output's bound moves past the timestamp instead.

    Inputs: ITEM; BATCH_END (int, µs), from the BeginLoop node.
    Outputs: ITERABLE, the collection, at the timestamp that BATCH_END holds.

    Example::

        node {
          calculator: "EndLoopNormalizedRectCalculator"
          input_stream: "ITEM:roi_from_landmarks"
          input_stream: "BATCH_END:rois_timestamp"
          output_stream: "ITERABLE:rois_from_landmarks"
        }
    """

    item = Input("ITEM", object)
    batch_end = Input("BATCH_END", int)
    iterable = Output("ITERABLE", object)

    @classmethod
    def specialise(cls, match: re.Match) -> dict[str, Any]:
        """Ports of the type that the name holds."""
        name = match[1]
        return {
            "item": Input("ITEM", item_type(name)),
            "iterable": Output("ITERABLE", collection_type(name)),
        }

    def open(self) -> None:
        self._items: list = []

    def process(self) -> None:
        if not self.item.is_empty:
            self._items.append(self.item.value)
        if not self.batch_end.is_empty:
            timestamp, items = self.batch_end.value, self._items
            if items:
                self.iterable.send(joined(items), timestamp)
                self._items = []
            else:
                self.iterable.set_bound(timestamp + 1)
