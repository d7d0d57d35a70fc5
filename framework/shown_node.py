"""Shown nodes: those of a graph as a person reads it, each subgraph as one node or all nodes inside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from attention_mesh.framework.registry import find_calculator, snake_case
from attention_mesh.framework.tags import TagName, parse_entries

if TYPE_CHECKING:
    from attention_mesh.framework.node_contract import Connection
    from attention_mesh.framework.validated_graph import ValidatedGraph
    from attention_mesh.framework.validated_node import ValidatedNode

OWN, SUBGRAPH = "own", "subgraph"
"""Rooms that are none: that of a user's calculators, and that of subgraphs."""


@dataclass(frozen=True)
class ShownPort:
    """A connection of a shown node.

    Attributes:
      entry: tag, index and name of the stream or side packet.
      type: of its packets, as far as it is known; else `object`.
      back_edge: whether what arrives comes from a node behind.
    """

    entry: TagName
    type: Any = object
    back_edge: bool = False


@dataclass
class ShownNode:
    """A calculator, or a subgraph as one node.

    Attributes:
      name: unique in the graph.
      calculator: name of the calculator or of the subgraph.
      room: the folder of a built-in calculator, `OWN` or `SUBGRAPH`.
      where: the subgraph around it, "" for a node of the graph itself.
      size: how many calculators it stands for.
      crossings: the moves between memories in it, such as "GPU to CPU".
      inputs, side_inputs, outputs, side_outputs: its connections.
    """

    name: str
    calculator: str
    room: str
    where: str = ""
    size: int = 1
    crossings: list[str] = field(default_factory=list)
    inputs: list[ShownPort] = field(default_factory=list)
    side_inputs: list[ShownPort] = field(default_factory=list)
    outputs: list[ShownPort] = field(default_factory=list)
    side_outputs: list[ShownPort] = field(default_factory=list)


def shown_nodes(graph: ValidatedGraph, expanded: bool) -> list[ShownNode]:
    """The nodes of a graph, producers before consumers.

    Args:
      graph: the graph.
      expanded: whether the nodes inside subgraphs are shown, and not one node for each that the graph's text
        has.
    """
    if expanded:
        return [_calculator(node) for node in graph.nodes]
    inside = _nodes_of_written(graph)
    shown = []
    for node in graph.written.node:
        nodes = inside[node.name]
        if find_calculator(node.calculator) is not None:
            shown.append(_calculator(nodes[0]))
            continue
        whole = ShownNode(node.name, node.calculator, SUBGRAPH, size=len(nodes))
        whole.crossings = list(dict.fromkeys(inner.crossing for inner in nodes if inner.crossing))
        whole.inputs = _ports(node.input_stream, (c for inner in nodes for c in inner.inputs))
        whole.outputs = _ports(node.output_stream, (c for inner in nodes for c in inner.outputs))
        whole.side_inputs = _ports(node.input_side_packet, (c for inner in nodes for c in inner.side_inputs))
        whole.side_outputs = _ports(
            node.output_side_packet, (c for inner in nodes for c in inner.side_outputs)
        )
        shown.append(whole)
    return _in_order(shown)


def _calculator(node: ValidatedNode) -> ShownNode:
    module = node.calculator.__module__
    name = node.calculator.__name__
    is_own = not module.endswith((snake_case(name), "_family"))
    return ShownNode(
        node.name,
        name,
        OWN if is_own else ".".join(module.split(".")[-2:-1]),
        where=node.name.rpartition("__")[0],
        crossings=[node.crossing] if node.crossing else [],
        inputs=_as_ports(node.inputs),
        side_inputs=_as_ports(node.side_inputs),
        outputs=_as_ports(node.outputs),
        side_outputs=_as_ports(node.side_outputs),
    )


def _as_ports(connections: Sequence[Connection]) -> list[ShownPort]:
    return [ShownPort(c.entry, c.type, c.back_edge) for c in connections]


def _ports(entries: Sequence[str], inside: Iterator[Connection]) -> list[ShownPort]:
    """The ports of a subgraph's node, with the types that the nodes inside give them."""
    types: dict[str, Any] = {}
    for connection in inside:
        if types.get(connection.entry.name, object) is object:
            types[connection.entry.name] = connection.type
    return [ShownPort(entry, types.get(entry.name, object)) for entry in parse_entries(entries)]


def _nodes_of_written(graph: ValidatedGraph) -> dict[str, list[ValidatedNode]]:
    """Name of each node of the graph's text -> the calculators that it stands for."""
    inside: dict[str, list[ValidatedNode]] = {node.name: [] for node in graph.written.node}
    for node in graph.nodes:
        outer = node.name
        while outer not in inside:
            outer = outer.rpartition("__")[0]
        inside[outer].append(node)
    return inside


def _in_order(nodes: list[ShownNode]) -> list[ShownNode]:
    """Producers before consumers. If subgraphs feed each other in a circle, an edge goes back."""
    waiting = {node.name: node for node in nodes}
    ordered: list[ShownNode] = []
    while waiting:
        made = {port.entry.name: name for name, node in waiting.items() for port in _sent(node)}
        ready = (
            node
            for node in waiting.values()
            if all(
                port.back_edge or made.get(port.entry.name, node.name) == node.name for port in _read(node)
            )
        )
        node = next(ready, next(iter(waiting.values())))
        del waiting[node.name]
        later = made.keys() - {port.entry.name for port in _sent(node)}
        node.inputs = [
            ShownPort(port.entry, port.type, port.back_edge or port.entry.name in later)
            for port in node.inputs
        ]
        ordered.append(node)
    return ordered


def _sent(node: ShownNode) -> list[ShownPort]:
    return [*node.outputs, *node.side_outputs]


def _read(node: ShownNode) -> list[ShownPort]:
    return [*node.inputs, *node.side_inputs]
