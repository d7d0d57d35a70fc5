"""Nodes that split a collection into parts and that join collections or items into one."""

from typing import Any

import numpy as np

from attention_mesh.calculators.core.collection_family import Collection, CollectionFamily, Item
from attention_mesh.framework import Input, Output
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.framework.port_types import is_value_of
from attention_mesh.framework.registry import calculator_family
from attention_mesh.geometry.collections import is_array_type, joined
from attention_mesh.webgpu.gpu_buffer import GpuTensors

_SPLIT_VECTORS = (
    "AffineMatrix ClassificationList Detection Float Image Landmark Matrix NormalizedLandmarkList "
    "NormalizedRect Tensor TfLiteTensor Uint64t"
).split()
_SPLIT_LISTS = "Joint Landmark NormalizedLandmark".split()
_JOINED_VECTORS = (
    "Bool ClassificationList Detection Float Image Int32 LandmarList Landmark LandmarkList "
    "NormalizedLandmarkList RenderData String Tensor TfLiteTensor UInt64"
).split()
_JOINED_LISTS = "Classification Joint Landmark NormalizedLandmark".split()


@calculator_family(
    r"(?:Movable)?Split(\w+?)(Vector|List)Calculator",
    [f"Split{name}VectorCalculator" for name in _SPLIT_VECTORS]
    + [f"Split{name}ListCalculator" for name in _SPLIT_LISTS],
)
class SplitFamily(CollectionFamily):
    """Sends ranges of a collection's items by one output each, or all of them by one.

    This is MediaPipe's Split…VectorCalculator and Split…ListCalculator for every type. The name also says
    which axis is cut: SplitNormalizedLandmarkListVector cuts between faces, SplitNormalizedLandmarkList and
    SplitLandmarkVector between the points of a face.

    Inputs: a collection. It is an error if a range ends behind it.
    Outputs: one per range, a collection of the same kind.
    Options: `ranges`; `element_only`, with which an output is the one item of its range; `combine_outputs`,
      with which one output holds all ranges in the order of the options.

    Example::

        node {
          calculator: "SplitTensorVectorCalculator"
          input_stream: "tensors"
          output_stream: "landmark_tensors"
          output_stream: "face_flag_tensor"
          node_options {
            [type.googleapis.com/mediapipe.SplitVectorCalculatorOptions] {
              ranges { begin: 0 end: 6 }
              ranges { begin: 6 end: 7 }
            }
          }
        }
    """

    collection = Input("", Collection)
    parts = Output("", object, repeated=True)  # a collection or an item: the options say which
    timestamp_offset = 0

    Options = "mediapipe.SplitVectorCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        ranges = [(part.begin, part.end) for part in node.options.ranges]
        if not ranges:
            raise ValueError("its options hold no ranges; expected one per output")
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
        part_type = GpuTensors if node.input_type("") is GpuTensors else cls.kind.type
        elements = node.options.element_only and not node.options.combine_outputs
        for index in range(len(node.outputs)):
            node.set_output_type("", index, cls.kind.sent_type if elements else part_type)

    def open(self) -> None:
        self._ranges = [(part.begin, part.end) for part in self.options.ranges]
        self._needed = max((end for _, end in self._ranges), default=0)

    def process(self) -> None:
        if self.collection.is_empty:
            return
        value, kind = self.collection.value, self.kind
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


@calculator_family(
    r"Concatenate(\w+?)(Vector|List)Calculator",
    [f"Concatenate{name}VectorCalculator" for name in _JOINED_VECTORS]
    + [f"Concatenate{name}ListCalculator" for name in _JOINED_LISTS],
)
class ConcatenateFamily(CollectionFamily):
    """Sends the items of all its inputs as one collection, at each timestamp at which any has a packet.

    This is MediaPipe's Concatenate…VectorCalculator and Concatenate…ListCalculator for every type.
    ConcatenateNormalizedLandmarkListVector puts faces after one another, ConcatenateNormalizedLandmarkList
    and ConcatenateLandmarkVector the points of a face.

    Inputs: one or more collections; a Vector node also takes single items. An input without a packet is left
      out.
    Outputs: the joined collection.
    Options: `only_emit_if_all_present`, with which an input without a packet silences the node at that
      timestamp.

    Example::

        node {
          calculator: "ConcatenateNormalizedLandmarkListCalculator"
          input_stream: "left_iris_landmarks"
          input_stream: "right_iris_landmarks"
          output_stream: "iris_landmarks"
        }
    """

    collections = Input("", repeated=True)  # a collection or a single item
    whole = Output("", Collection)
    timestamp_offset = 0

    Options = "mediapipe.ConcatenateVectorCalculatorOptions"

    def process(self) -> None:
        values = [port.value for port in self.collections if not port.is_empty]
        if len(values) < len(self.collections) and self.options.only_emit_if_all_present:
            return
        if not self.kind.has_entries:
            values = [self._as_collection(value) for value in values]
        self.whole.send(values[0] if len(values) == 1 else self.kind.concatenate(values))

    def _as_collection(self, value: Any) -> Any:
        """A list of one for a single item; a single item of an array type is a collection already."""
        lists = (list, tuple) if is_value_of(np.empty(0), self.kind.item_type) else (list, tuple, np.ndarray)
        return value if isinstance(value, lists) or is_array_type(value) else [value]


@calculator_family(
    r"Merge(\w+?)s?ToVectorCalculator",
    [f"Merge{name}sToVectorCalculator" for name in ("Detection", "GpuBuffer", "Image")],
)
class MergeToVectorFamily(CollectionFamily):
    """Puts one item of each input into a collection.

    This is MediaPipe's Merge…ToVectorCalculator for every type.

    Inputs: one or more items; if one has a packet, all must have one.
    Outputs: the collection.

    Example::

        node {
          calculator: "MergeImagesToVectorCalculator"
          input_stream: "left_eye_image"
          input_stream: "right_eye_image"
          output_stream: "eye_images"
        }
    """

    items = Input("", Item, repeated=True)
    collection = Output("", Collection)
    timestamp_offset = 0

    def process(self) -> None:
        empty = [port.name for port in self.items if port.is_empty]
        if empty:
            raise ValueError(
                f'input "{empty[0]}" has no packet although others have; expected one of each input'
            )
        self.collection.send(joined([port.value for port in self.items]))
