"""Stream types: MediaPipe's names of the types of a graph's streams and side packets.

Our streams carry arrays with a leading axis; MediaPipe's carry a message or a vector of messages. The tag of
the port decides which of the two it is, because MediaPipe names tags consistently. If the ports of a stream
declare no type, then it has the type of the stream that the same node receives or sends under the same tag.
"""

from __future__ import annotations

import typing
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from google.protobuf.message import Message

from attention_mesh.framework.node_contract import Connection, NodeContract
from attention_mesh.framework.port_types import members
from attention_mesh.framework.validated_graph import ValidatedGraph
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.media.raw_picture import RawPicture
from attention_mesh.python_bindings.mediapipe_api import packet_types as types

_SCALARS = {
    bool: types.BOOL,
    int: types.INT,
    float: types.FLOAT,
    str: types.STRING,
    bytes: types.STRING,
}
_SINGLE_TAGS = {
    Detections: {"DETECTION", "ITEM"},
    NormalizedRects: {"NORM_RECT", "ROI", "ITEM"},
    NormalizedLandmarks: {
        "LANDMARKS",
        "NORM_LANDMARKS",
        "NORM_FILTERED_LANDMARKS",
        "REFINED_LANDMARKS",
        "ITEM",
    },
}
"""Tags under which MediaPipe has one message; it has a vector under all others."""

_IMAGE_TAGS = {"", "FRAME", "IMAGE", "IMAGE_CPU", "INPUT_FRAME", "ITEM", "MASK", "VIDEO"}
_LIST_TAGS = {"FLOATS": types.FLOAT_VECTOR, "STRINGS": types.STRING_VECTOR}
_HANDED_ON = {("LOOP", 0): ("PREV_LOOP", 0)}
"""Inputs that a node sends on under another tag."""


@dataclass(frozen=True)
class StreamType:
    """The type of a stream or side packet, as far as it is known.

    Attributes:
      name: MediaPipe's name of the type; "" if it is unknown.
      wanted: the Python class that its readers declare, or its producer; `object` if none does.
    """

    name: str = ""
    wanted: Any = object

    @property
    def array_name(self) -> str:
        """`name` if the stream carries one of this package's array types, else ""."""
        return self.name if self.wanted in types.ELEMENTS else ""


def stream_types(graph: ValidatedGraph) -> dict[str, StreamType]:
    """Returns the type of every stream by its name."""
    return _resolve(graph.nodes, graph.producers, "outputs", "inputs")


def side_packet_types(graph: ValidatedGraph) -> dict[str, StreamType]:
    """Returns the type of every side packet by its name."""
    names = {*graph.side_producers, *(c.entry.name for node in graph.nodes for c in node.side_inputs)}
    return _resolve(graph.nodes, names, "side_outputs", "side_inputs")


def _resolve(
    nodes: Sequence[NodeContract], names: Iterable[str], outputs: str, inputs: str
) -> dict[str, StreamType]:
    found: dict[str, StreamType] = {}
    for kind in (outputs, inputs):
        for node in nodes:
            for connection in getattr(node, kind):
                known = StreamType(_name_of_port(node, connection), _declared(connection))
                _learn(found, connection.entry.name, known)
    pairs = [pair for node in nodes for pair in _handed_on(getattr(node, inputs), getattr(node, outputs))]
    for _ in range(len(pairs) + 1):
        before = dict(found)
        for one, other in pairs:
            _learn(found, one, found.get(other, StreamType()))
            _learn(found, other, found.get(one, StreamType()))
        if found == before:
            break
    return {name: found.get(name, StreamType()) for name in names}


def _learn(found: dict[str, StreamType], name: str, new: StreamType) -> None:
    """Fills in the unknown parts of a stream's type."""
    known = found.get(name, StreamType())
    wanted = new.wanted if known.wanted is object else known.wanted
    found[name] = StreamType(known.name or new.name, wanted)


def _handed_on(inputs: list[Connection], outputs: list[Connection]) -> list[tuple[str, str]]:
    """Returns pairs of streams of one type: an input of a node and the output of the same tag and index."""
    by_place = {(c.entry.tag, c.entry.index): c for c in outputs if c.port.type is object}
    pairs = []
    for connection in inputs:
        place = (connection.entry.tag, connection.entry.index)
        output = by_place.get(_HANDED_ON.get(place, place))
        if connection.port.type is object and output is not None:
            pairs.append((connection.entry.name, output.entry.name))
    return pairs


def _name_of_port(node: NodeContract, connection: Connection) -> str:
    """Returns the name of a port's type by its Python type and tag; "" if they do not decide it."""
    declared, tag = _declared(connection), connection.entry.tag
    if isinstance(declared, type):
        return _name_of_type(node, declared, tag)
    names = {_name_of_type(node, member, tag) for member in typing.get_args(declared)}
    return names.pop() if len(names) == 1 else ""


def _declared(connection: Connection) -> Any:
    """What a port takes or gives of what MediaPipe's Python programs know: pictures are arrays for them."""
    known = [m for m in members(connection.port.type) if m is not RawPicture and not hasattr(m, "memory")]
    return known[0] if len(known) == 1 else connection.port.type


def _name_of_type(node: NodeContract, declared: type, tag: str) -> str:
    if declared in _SCALARS:
        return _SCALARS[declared]
    if declared in _SINGLE_TAGS:
        element = types.ELEMENTS[declared]
        if tag == "DETECTION_LIST":
            return types.DETECTION_LIST
        return element if _is_single(node, declared, tag) else types.vector_of(element)
    if issubclass(declared, np.ndarray):
        return types.ANY_IMAGE if tag in _IMAGE_TAGS else types.MATRIX
    if issubclass(declared, Message) and declared is not Message:
        return types.name_of_message(declared)
    if declared is list:
        return _LIST_TAGS.get(tag, "")
    return ""


def _is_single(node: NodeContract, declared: type, tag: str) -> bool:
    """Whether MediaPipe has one message at a port.

    A port without tag is like the node's other ports of its type.
    """
    if tag:
        return tag in _SINGLE_TAGS[declared]
    ports = [*node.inputs, *node.outputs]
    tags = {c.entry.tag for c in ports if c.port.type is declared and c.entry.tag}
    return bool(tags) and tags <= _SINGLE_TAGS[declared]
