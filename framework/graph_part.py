"""Part of a graph: only what some of its outputs need."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from attention_mesh.framework.errors import ConfigError
from attention_mesh.framework.validated_graph import ValidatedGraph

if TYPE_CHECKING:
    from attention_mesh.framework.proto.calculator_pb2 import CalculatorGraphConfig


def part_for_outputs(graph: ValidatedGraph, outputs: Collection[str]) -> ValidatedGraph:
    """The part of a graph that makes some of its output streams.

    Nodes, inputs and side packets that none of these outputs depends on are left out, so that they cost
    nothing.

    Args:
      graph: of which a part is wanted.
      outputs: names of output streams, one at least.

    Raises:
      ConfigError: the graph has no such output.
    """
    names = [entry.name for entry in graph.outputs]
    unknown = [name for name in outputs if name not in names]
    if unknown or not outputs:
        raise ConfigError(
            [f"no part of the graph makes {', '.join(unknown) or 'nothing'}; its outputs: {', '.join(names)}"]
        )
    config = type(graph.config)()
    config.CopyFrom(graph.config)
    needed = _needed(config, outputs)
    config.ClearField("node")
    config.node.extend(node for index, node in enumerate(graph.config.node) if index in needed)
    read = {name for node in config.node for name in _names([*node.input_stream, *node.input_side_packet])}
    _keep(config.input_stream, read | {*outputs})
    _keep(config.input_side_packet, read)
    _keep(config.output_stream, {*outputs})
    config.ClearField("output_side_packet")
    return ValidatedGraph(config)


def _needed(config: CalculatorGraphConfig, outputs: Collection[str]) -> set[int]:
    """The indices of the nodes on which the outputs depend, also through back edges."""
    wanted, needed, before = {*outputs}, set[int](), -1
    while len(needed) != before:
        before = len(needed)
        for index, node in enumerate(config.node):
            if index not in needed and wanted & _names([*node.output_stream, *node.output_side_packet]):
                needed.add(index)
                wanted |= _names([*node.input_stream, *node.input_side_packet])
    return needed


def _names(entries: Iterable[str]) -> set[str]:
    """The names of entries such as ``IMAGE:0:frames``."""
    return {entry.rpartition(":")[2] for entry in entries}


def _keep(entries, names: set[str]) -> None:  # type: ignore[no-untyped-def]  # protobuf's list of strings
    kept = [entry for entry in entries if entry.rpartition(":")[2] in names]
    del entries[:]
    entries.extend(kept)
