"""Destinations: what a graph writes to or opens outside itself, which only the program may decide.

Graphs are data that people share. A graph may therefore not name a file that it writes, a host that it sends
to, a device, or a film, which may be a URL: such a name comes from the program, as an input side packet.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from attention_mesh.framework.errors import ConfigError

if TYPE_CHECKING:
    from attention_mesh.framework.validated_graph import ValidatedGraph

_WHAT = {
    "file": "writes a file",
    "address": "sends to an address",
    "device": "writes to a device",
    "film": "opens a film or URL",
}


@dataclass(frozen=True)
class Destination:
    """One place outside the graph that a node writes to or opens.

    Attributes:
      node: label of the node.
      port: its side input, as TAG.
      side_packet: name of the side packet.
      kind: "file", "address", "device" or "film", see `SideInput`.
      maker: label of the node of the graph that makes the side packet; None if the program gives it.
    """

    node: str
    port: str
    side_packet: str
    kind: str
    maker: str | None

    def __str__(self) -> str:
        source = f'side packet "{self.side_packet}"'
        made = "" if self.maker is None else f", which the graph itself makes ({self.maker})"
        return f"{self.node} {_WHAT[self.kind]} ({self.port}), named by {source}{made}"


def destinations(graph: ValidatedGraph) -> Iterator[Destination]:
    """The places outside a graph that its nodes write to or open."""
    for node in graph.nodes:
        for connection in node.side_inputs:
            kind, name = getattr(connection.port, "names", ""), connection.entry.name
            if kind:
                producer = graph.side_producers.get(name)
                maker = None if producer is None else producer[0].label
                yield Destination(node.label, connection.entry.port, name, kind, maker)


def check_destinations(
    graph: ValidatedGraph, given: Mapping[str, Any], replaced: Collection[str] = ()
) -> None:
    """Raises ConfigError if the graph names a destination itself, or would replace a file.

    Args:
      given: the side packets that the program gives, by name.
      replaced: names of side packets whose files the graph may replace.
    """
    problems = []
    for place in destinations(graph):
        if place.maker is not None:
            problems.append(f"{place}; expected one that the program gives")
            continue
        if place.kind != "file" or place.side_packet in replaced:
            continue
        value = given.get(place.side_packet)
        if isinstance(value, str) and value and os.path.lexists(value):
            problems.append(f"{place}: {value} is there already, and a graph replaces no file")
    if problems:
        raise ConfigError(
            "\n".join(
                [
                    *problems,
                    "allow_graph_files (--allow-graph-files) lifts these rules for a graph that you trust",
                ]
            )
        )
