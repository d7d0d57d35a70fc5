"""A collection → parts of it, each by an output of its own."""

import re
from typing import Any

from attention_mesh.calculators.core.named_collection import NamedCollection
from attention_mesh.framework import Calculator, Input, Output
from attention_mesh.framework.registry import calculator_family

_VECTORS = (
    "AffineMatrix ClassificationList Detection Float Image Landmark Matrix NormalizedLandmarkList "
    "NormalizedRect Tensor TfLiteTensor Uint64t"
).split()
_NAMES = [f"Split{name}VectorCalculator" for name in _VECTORS]
_NAMES += ["SplitJointListCalculator", "SplitLandmarkListCalculator", "SplitNormalizedLandmarkListCalculator"]


@calculator_family(r"(?:Movable)?Split(\w+?)(Vector|List)Calculator", _NAMES)
class SplitFamily(Calculator):
    """Sends ranges of a collection's items by its outputs, or all of them by one.

    One implementation of MediaPipe's Split…VectorCalculator and Split…ListCalculator nodes, whatever type the
    name holds. Which axis is cut is in the name, too: SplitNormalizedLandmarkListVector cuts between faces,
    SplitNormalizedLandmarkList and SplitLandmarkVector between the points of a face.

    Inputs: a collection. It is an error if it is shorter than the end of a range.
    Outputs: one a range, a collection of the same kind, or with `element_only` one item; with
    `combine_outputs` one, which holds all ranges in the order in which the options give them.

    Example::

        node {
          calculator: "SplitTensorVectorCalculator"
          input_stream: "tensors"
          output_stream: "landmark_tensors"
          output_stream: "face_flag_tensor"
          options {
            [mediapipe.SplitVectorCalculatorOptions.ext] {
              ranges { begin: 0 end: 6 }
              ranges { begin: 6 end: 7 }
            }
          }
        }
    """

    collection = Input("", object)
    parts = Output("", object, repeated=True)
    timestamp_offset = 0

    _kind: NamedCollection

    Options = "mediapipe.SplitVectorCalculatorOptions"

    @classmethod
    def specialise(cls, match: re.Match) -> dict[str, Any]:
        """The type that the name holds."""
        kind = NamedCollection(match)
        return {"collection": Input("", kind.accepted), "_kind": kind}

    @classmethod
    def contract(cls, node) -> None:
        ranges = [(part.begin, part.end) for part in node.options.ranges]
        if not ranges:
            raise ValueError("its options hold no ranges; expected one an output")
        for begin, end in ranges:
            if not 0 <= begin < end:
                raise ValueError(f"a range is {begin} to {end}; expected 0 <= begin < end")
        if node.options.combine_outputs:
            if len(node.outputs) != 1:
                raise ValueError(
                    f"combine_outputs is set, but there are {len(node.outputs)} outputs; expected 1"
                )
            _refuse_overlaps(ranges)
        elif len(ranges) != len(node.outputs):
            raise ValueError(f"{len(ranges)} ranges but {len(node.outputs)} outputs; expected as many")
        elif node.options.element_only and any(end - begin != 1 for begin, end in ranges):
            raise ValueError("element_only is set, but a range holds more than one item")
        elements = node.options.element_only and not node.options.combine_outputs
        for index in range(len(node.outputs)):
            node.set_output_type("", index, cls._kind.item_type if elements else cls._kind.type)

    def open(self) -> None:
        self._ranges = [(part.begin, part.end) for part in self.options.ranges]
        self._needed = max((end for _, end in self._ranges), default=0)

    def process(self) -> None:
        if self.collection.is_empty:
            return
        value, kind = self.collection.value, self._kind
        count = kind.count(value)
        if count < self._needed:
            raise ValueError(
                f"the collection has {count} items, but a range ends at {self._needed}; "
                "expected at least as many"
            )
        if self.options.element_only and not self.options.combine_outputs:
            for output, (begin, _) in zip(self.parts, self._ranges, strict=True):
                output.send(kind.item(value, begin))
            return
        parts = [kind.part(value, begin, end) for begin, end in self._ranges]
        if self.options.combine_outputs:
            parts = [kind.concatenate(parts)]
        for output, part in zip(self.parts, parts, strict=True):
            output.send(part)


def _refuse_overlaps(ranges: list[tuple[int, int]]) -> None:
    ordered = sorted(ranges)
    for (begin, end), (next_begin, next_end) in zip(ordered, ordered[1:], strict=False):
        if next_begin < end:
            raise ValueError(
                f"ranges {begin} to {end} and {next_begin} to {next_end} overlap; with combine_outputs they "
                "must not"
            )
