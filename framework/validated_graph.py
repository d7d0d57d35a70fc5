"""ValidatedGraph: a graph that is fit to run."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from google.protobuf.message import Message

from attention_mesh.framework.errors import ConfigError
from attention_mesh.framework.executors import executor_sizes
from attention_mesh.framework.graph_builder import GraphBuilder, Producer
from attention_mesh.framework.node_contract import Connection
from attention_mesh.framework.port_types import is_value_of, type_name
from attention_mesh.framework.ports import Input
from attention_mesh.framework.tags import TagName
from attention_mesh.framework.validated_node import ValidatedNode

if TYPE_CHECKING:
    from attention_mesh.framework.proto.calculator_pb2 import CalculatorGraphConfig


@dataclass(frozen=True, init=False, eq=False)
class ValidatedGraph:
    """A graph that is fit to run.

    Args:
      config: a CalculatorGraphConfig: text, serialized bytes, message, or the path of its file. Only the path
        tells which folder the graph's own subgraphs may lie in, and whether it is a built-in graph.
      graph_path: folders in which subgraphs are looked for.

    Attributes:
      written: the CalculatorGraphConfig as it was read, every node named.
      config: the same with all subgraphs expanded.
      nodes: its nodes, in an order in which producers come before consumers.
      inputs, outputs, side_inputs, side_outputs: the graph's own ports.
      producers: stream name → (node, connection); None for a graph input.
      side_producers: side packet name → (node, connection); None for a side packet that the graph is given.
      executors: executor name → threads, see `executors.executor_sizes`.
      found_input_types: name of an input of the graph → the only type that all its readers take, also those
        behind nodes that pass packets on; `object` if several do, or none.

    Raises:
      ConfigError: lists every problem found, each with its node and stream.
    """

    written: CalculatorGraphConfig
    config: CalculatorGraphConfig
    nodes: tuple[ValidatedNode, ...]
    inputs: tuple[TagName, ...]
    outputs: tuple[TagName, ...]
    side_inputs: tuple[TagName, ...]
    side_outputs: tuple[TagName, ...]
    producers: Mapping[str, Producer | None]
    side_producers: Mapping[str, Producer | None]
    executors: Mapping[str, int | None]
    found_input_types: Mapping[str, Any]

    def __init__(self, config: str | bytes | Message | Path, graph_path: Iterable[Path] = ()) -> None:
        built = GraphBuilder(config, graph_path)
        built.build()
        values: dict[str, Any] = {
            "written": built.written,
            "config": built.config,
            "nodes": tuple(built.nodes),
            "inputs": tuple(built.inputs),
            "outputs": tuple(built.outputs),
            "side_inputs": tuple(built.side_inputs),
            "side_outputs": tuple(built.side_outputs),
            "producers": MappingProxyType(built.producers),
            "side_producers": MappingProxyType(built.side_producers),
            "executors": MappingProxyType(executor_sizes(built.config, built.nodes)),
            "found_input_types": MappingProxyType(built.input_types),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @functools.cached_property
    def _readers(self) -> Mapping[str, list[Connection]]:
        """Name of a stream → the inputs of nodes that read it."""
        readers: dict[str, list[Connection]] = {}
        for node in self.nodes:
            for connection in node.inputs:
                readers.setdefault(connection.entry.name, []).append(connection)
        return readers

    @property
    def type(self) -> str:
        """The type under which the graph is known as a subgraph; "" if it has none."""
        return self.config.type

    def input_types(self, name: str) -> tuple[Any, ...]:
        """The types that the readers of a stream declare, `object` left out.

        For an input of the graph, the one that its readers behind nodes that pass packets on take, too.
        """
        types = {connection.port.type for connection in self._readers.get(name, ())}
        types.add(self.found_input_types.get(name, object))
        return tuple(types - {object})

    def stream_type(self, name: str) -> Any:
        """The type of a stream's packets, as far as it is known; else `object`."""
        producer = self.producers[name]
        return self.found_input_types[name] if producer is None else producer[1].type

    @property
    def crossings(self) -> tuple[ValidatedNode, ...]:
        """The nodes that move what passes them between memories, such as those of the CPU and of a GPU."""
        return tuple(node for node in self.nodes if node.crossing)

    def input_checks(self, name: str) -> tuple[Callable[[Any], None], ...]:
        """What the readers of a stream check of its values, see `Input`."""
        ports = (connection.port for connection in self._readers.get(name, ()))
        checks = (port.check for port in ports if isinstance(port, Input) and port.check is not None)
        return tuple(dict.fromkeys(checks))

    def check_side_packets(self, given: Mapping[str, Any]) -> None:
        """Raises ConfigError if the graph cannot start with these side packets.

        The error lists every problem: a side packet is missing, unknown, made by the graph itself, or of a
        type that a node cannot read.

        Args:
          given: name of a side packet → its value.
        """
        problems = []
        produced = {name for name, producer in self.side_producers.items() if producer is not None}
        needed = {entry.name for entry in self.side_inputs}
        for node in self.nodes:
            for connection in node.side_inputs:
                name, wanted = connection.entry.name, connection.port.type
                needed.add(name)
                if name in produced:
                    continue
                if name not in given:
                    if not connection.port.optional:
                        problems.append(
                            f'{node.label}: input side packet "{name}" (port {connection.entry.port}) is '
                            "missing; give it to start_run"
                        )
                elif not is_value_of(given[name], wanted):
                    problems.append(
                        f'{node.label}: input side packet "{name}" must be {type_name(wanted)}, not '
                        f"{type(given[name]).__name__}"
                    )
        for name in given:
            if name in produced:
                problems.append(f'side packet "{name}" is made by a node of the graph and cannot be given')
            elif name not in needed:
                known = ", ".join(sorted(needed - produced)) or "none"
                problems.append(f'the graph has no input side packet "{name}" (it has: {known})')
        if problems:
            raise ConfigError(problems)
