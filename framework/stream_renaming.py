"""StreamRenaming: gives a subgraph's streams and side packets their names in the graph around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attention_mesh.framework.errors import ConfigError
from attention_mesh.framework.tags import TagName, format_entries, parse_entries, parse_tag_index, renumbered

if TYPE_CHECKING:
    from attention_mesh.framework.proto.calculator_pb2 import CalculatorGraphConfig

_FIELDS = ("input_stream", "output_stream", "input_side_packet", "output_side_packet")


class StreamRenaming:
    """From a subgraph's inner names to those of the graph around it.

    A connected stream takes its outer name; every other one takes the prefix `nodename__`. If the node leaves
    an input open, then the nodes inside lose that input.

    Args:
      name: the name of the node that stands for the subgraph.
      node: that node.
      inner: the subgraph's config.

    Raises:
      ConfigError: the node connects ports that the subgraph does not have.
    """

    def __init__(self, name: str, node: CalculatorGraphConfig.Node, inner: CalculatorGraphConfig) -> None:
        self._prefix = f"{name.lower()}__"
        self._streams: dict[str, str] = {}
        self._side_packets: dict[str, str] = {}
        self._left_open: set[tuple[str, str]] = set()
        label = f'node "{name}" (subgraph {node.calculator})'
        for field in _FIELDS:
            outer = {(e.tag, e.index): e for e in _entries(node, field, label)}
            declared = _entries(inner, field, label)
            for entry in declared:
                given = outer.pop((entry.tag, entry.index), None)
                if given is not None:
                    self._names(field)[entry.name] = given.name
                elif field.startswith("input"):
                    self._left_open.add((field, entry.name))
            if outer:
                ports = ", ".join(entry.port for entry in declared) or "none"
                wrong = ", ".join(f'"{entry.port}"' for entry in outer.values())
                raise ConfigError(f"{label}: it has no {field} {wrong} (it has: {ports})")

    def apply(self, node: CalculatorGraphConfig.Node) -> None:
        """Rewrites the connections of a copy of one of the subgraph's nodes.

        Raises:
          ConfigError: a connection does not parse.
        """
        for field in _FIELDS:
            names = self._names(field)
            entries = _entries(node, field, f'node "{node.name}"')
            kept = [entry for entry in entries if (field, entry.name) not in self._left_open]
            numbered = renumbered(kept)
            del getattr(node, field)[:]
            getattr(node, field).extend(
                format_entries(
                    [
                        entry._replace(name=names.get(entry.name, self._prefix + entry.name))
                        for entry in numbered
                    ]
                )
            )
            if field == "input_stream" and len(kept) < len(entries):
                moved = {_place(old): _place(new) for old, new in zip(kept, numbered, strict=True)}
                _move_infos(node, {_place(entry) for entry in entries}, moved)

    def _names(self, field: str) -> dict[str, str]:
        return self._streams if field.endswith("stream") else self._side_packets


def _entries(
    holder: CalculatorGraphConfig.Node | CalculatorGraphConfig, field: str, label: str
) -> list[TagName]:
    try:
        return parse_entries(getattr(holder, field))
    except ValueError as error:
        raise ConfigError(f"{label}: {field}: {error}") from None


def _place(entry: TagName) -> tuple[str, int]:
    return entry.tag, entry.index


def _move_infos(
    node: CalculatorGraphConfig.Node,
    before: set[tuple[str, int]],
    moved: dict[tuple[str, int], tuple[str, int]],
) -> None:
    """Adapts a node's input_stream_info to inputs that were removed or have another index now."""
    infos = list(node.input_stream_info)
    del node.input_stream_info[:]
    for info in infos:
        try:
            place = parse_tag_index(info.tag_index)
        except ValueError:  # which is reported with the node
            node.input_stream_info.add().CopyFrom(info)
            continue
        if place in moved:
            node.input_stream_info.add(tag_index="{}:{}".format(*moved[place]), back_edge=info.back_edge)
        elif place not in before:
            node.input_stream_info.add().CopyFrom(info)
