"""Which side packets a graph takes, and what for."""

from __future__ import annotations

from collections.abc import Container

from attention_mesh.framework.port_types import type_name
from attention_mesh.framework.validated_graph import ValidatedGraph


def side_packet_types(graph: ValidatedGraph) -> dict[str, type]:
    """The side packets a graph takes: name → type its first consumer declares, `object` for any."""
    types: dict[str, type] = {entry.name: object for entry in graph.side_inputs}
    for name, connection in _taken(graph):
        if types.get(name, object) is object:
            types[name] = connection.port.type
    return types


def missing_side_packets(graph: ValidatedGraph, given: Container[str]) -> dict[str, str]:
    """The side packets that some node must have and that are not `given`: name → how their type is called."""
    return {
        name: type_name(connection.port.type)
        for name, connection in _taken(graph)
        if name not in given and not connection.port.optional
    }


def side_packet_of_port(graph: ValidatedGraph, tag: str) -> str | None:
    """The side packet that the graph's first node with a side input of this tag takes from outside."""
    return next((name for name, connection in _taken(graph) if connection.entry.tag == tag), None)


def _taken(graph: ValidatedGraph):
    """(name, connection) of every side packet a node takes that no node makes."""
    for node in graph.nodes:
        for connection in node.side_inputs:
            if graph.side_producers.get(connection.entry.name) is None:
                yield connection.entry.name, connection
