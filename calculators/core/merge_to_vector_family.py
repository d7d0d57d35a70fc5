"""Single items → the collection of them."""

import re
from typing import Any

from attention_mesh.calculators.core.collection_items import collection_type, item_type, joined
from attention_mesh.framework import Calculator, Input, Output
from attention_mesh.framework.registry import calculator_family

_NAMES = [f"Merge{name}sToVectorCalculator" for name in ("Detection", "GpuBuffer", "Image")]


@calculator_family(r"Merge(\w+?)s?ToVectorCalculator", _NAMES)
class MergeToVectorFamily(Calculator):
    """Puts one item of each input into a collection.

    One implementation of MediaPipe's Merge…ToVectorCalculator nodes, whatever type the name holds.

    Inputs: one or more, each an item; all must have a packet where any has. Outputs: the collection.

    Example::

        node {
          calculator: "MergeImagesToVectorCalculator"
          input_stream: "left_eye_image"
          input_stream: "right_eye_image"
          output_stream: "eye_images"
        }
    """

    items = Input("", object, repeated=True)
    collection = Output("", object)
    timestamp_offset = 0

    @classmethod
    def specialise(cls, match: re.Match) -> dict[str, Any]:
        """Ports of the type that the name holds."""
        name = match[1]
        return {
            "items": Input("", item_type(name), repeated=True),
            "collection": Output("", collection_type(name)),
        }

    def process(self) -> None:
        empty = [port.name for port in self.items if port.is_empty]
        if empty:
            raise ValueError(
                f'input "{empty[0]}" has no packet where others have; expected one of each input'
            )
        self.collection.send(joined([port.value for port in self.items]))
