"""GraphBuilder: builds and orders the nodes of a graph, and checks every name, port, type and cycle."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from google.protobuf.message import Message

from attention_mesh.framework import registry
from attention_mesh.framework.conversions import conversion_hint
from attention_mesh.framework.errors import ConfigError
from attention_mesh.framework.executors import default_or
from attention_mesh.framework.graph_config import load_graph_config, new_config, parse_graph_config
from attention_mesh.framework.input_stream_handlers import INPUT_HANDLERS
from attention_mesh.framework.input_types import InputReaders, UnknownType
from attention_mesh.framework.node_contract import Connection
from attention_mesh.framework.options import node_options
from attention_mesh.framework.port_types import exclude_one_another, is_subtype, type_name
from attention_mesh.framework.ports import ANY_TAG, Input, Output, Port, SideInput, SideOutput
from attention_mesh.framework.subgraphs import expand_subgraphs, node_names
from attention_mesh.framework.tags import TagName, parse_entries, parse_tag_index
from attention_mesh.framework.topology import find_cycle, topological_order
from attention_mesh.framework.validated_node import ValidatedNode

if TYPE_CHECKING:
    from attention_mesh.framework.proto.calculator_pb2 import CalculatorGraphConfig

_FIELDS = {
    Input: ("input_stream", "input"),
    Output: ("output_stream", "output"),
    SideInput: ("input_side_packet", "input side packet"),
    SideOutput: ("output_side_packet", "output side packet"),
}

_MOST_HINTS = 20
_OUTPUT_HANDLER = "InOrderOutputStreamHandler"


Producer: TypeAlias = tuple[ValidatedNode, Connection]
"""What makes a stream or side packet: a node, and the output of it."""


class GraphBuilder:
    """Builds the nodes of a graph from its config, and collects every problem on the way.

    Args:
      config: a CalculatorGraphConfig: text, serialized bytes, message, or the path of its file.
      graph_path: folders in which subgraphs are looked for.

    Attributes:
      written: the CalculatorGraphConfig as it was read, every node named.
      config: the same with all subgraphs expanded.
      problems: what is wrong, each with its node and stream.
      input_types: name of an input of the graph → the only type that all its readers take, also those behind
        nodes that pass packets on; `object` if several do, or none.
      nodes, inputs, outputs, side_inputs, side_outputs, producers, side_producers: see `ValidatedGraph`.
    """

    def __init__(self, config: str | bytes | Message | Path, graph_path: Iterable[Path] = ()) -> None:
        origin = config if isinstance(config, Path) else None
        parsed = load_graph_config(config) if isinstance(config, Path) else parse_graph_config(config)
        self.written = new_config()
        self.written.CopyFrom(parsed)
        for name, node in zip(node_names(parsed), self.written.node, strict=True):
            node.name = name
        self.config = expand_subgraphs(parsed, graph_path, origin)
        self.problems: list[str] = []
        self.nodes: list[ValidatedNode] = []
        self.inputs = self._entries("the graph", self.config, "input_stream")
        self.outputs = self._entries("the graph", self.config, "output_stream")
        self.side_inputs = self._entries("the graph", self.config, "input_side_packet")
        self.side_outputs = self._entries("the graph", self.config, "output_side_packet")
        self.producers: dict[str, Producer | None] = {}
        self.side_producers: dict[str, Producer | None] = {}
        self.input_types: dict[str, Any] = {}
        self._input_readers: dict[str, InputReaders] = {}
        self._readers_of_type: dict[type, InputReaders] = {}

    def build(self) -> None:
        """Raises ConfigError, with all problems of a step, after the first step that finds any."""
        self._refuse_legacy_parts()
        self._refuse_output_handlers()
        self.nodes = [self._node(node) for node in self.config.node]
        self._fail()
        self.producers = self._find_producers("stream", self.inputs, "outputs")
        self.side_producers = self._find_producers("side packet", self.side_inputs, "side_outputs")
        self._check_consumers()
        if self.problems:
            for node in self.nodes:
                self._refine(node)  # which may find more problems
        self._fail()
        self._sort()
        self._check_types()
        self._fail()

    def _fail(self) -> None:
        if self.problems:
            raise ConfigError(self.problems)

    def _entries(self, label: str, holder: Message, field: str) -> list[TagName]:
        try:
            return parse_entries(getattr(holder, field))
        except ValueError as error:
            self.problems.append(f"{label}: {field}: {error}")
            return []

    def _refuse_output_handlers(self) -> None:
        holders: list[tuple[str, CalculatorGraphConfig | CalculatorGraphConfig.Node]] = [
            ("the graph", self.config)
        ]
        holders += [(f'node "{node.name}"', node) for node in self.config.node]
        for name, holder in holders:
            handler = holder.output_stream_handler.output_stream_handler
            if handler != _OUTPUT_HANDLER:
                self.problems.append(
                    f'{name}: unknown output stream handler "{handler}" (known: {_OUTPUT_HANDLER})'
                )

    def _refuse_legacy_parts(self) -> None:
        for field in ("packet_factory", "packet_generator", "status_handler"):
            for entry in getattr(self.config, field):
                self.problems.append(
                    f'{field} "{getattr(entry, field)}" is not supported: write a calculator with output '
                    "side packets instead"
                )

    def _node(self, config: CalculatorGraphConfig.Node) -> ValidatedNode:
        """Builds a node from its class's declaration and the graph's connections."""
        cls = registry.find_calculator(config.calculator)
        assert cls is not None  # `expand_subgraphs` refuses names that nobody knows
        node = ValidatedNode(
            config.name,
            calculator=cls,
            executor=default_or(config.executor),
            source_layer=config.source_layer,
        )
        try:
            node.options = node_options(cls, config)
        except (ValueError, TypeError) as error:
            self.problems.append(f"{node.label}: {error}")
        for kind, (field, label) in _FIELDS.items():
            entries = self._entries(node.label, config, field)
            if entries or not getattr(config, field):  # otherwise they did not parse, which is reported
                self._connect(node, kind, entries, label)
        self._mark_back_edges(node, config)
        self._choose_handler(node, config)
        return node

    def _connect(
        self, contract: ValidatedNode, kind: type[Port[Any]], entries: list[TagName], label: str
    ) -> None:
        declared = {port.tag: port for port in contract.calculator.ports(kind)}
        connected = contract.connections(kind)
        for entry in entries:
            port = declared.get(entry.tag) or declared.get(ANY_TAG)
            if port is None or (entry.index > 0 and not port.repeated):
                known = ", ".join(f'"{tag}"' for tag in declared) or "none"
                hint = registry.closest_names(entry.tag, list(declared)) if port is None else ""
                self.problems.append(
                    f'{contract.label}: it has no {label} "{entry.port}", which the graph connects to '
                    f'"{entry.name}" (it has: {known}){hint}'
                )
                continue
            connected.append(Connection(entry, port, port.type))
        if kind in (Input, SideInput):
            given = [connection.port for connection in connected]
            refused = {entry.tag for entry in entries} - {port.tag for port in given}
            for tag, port in declared.items():
                if port not in given and tag not in refused and not port.optional:
                    self.problems.append(
                        f'{contract.label}: its {label} "{tag}" is not connected, but required'
                    )

    def _mark_back_edges(self, contract: ValidatedNode, node: CalculatorGraphConfig.Node) -> None:
        for info in node.input_stream_info:
            if not info.back_edge:
                continue
            try:
                place = parse_tag_index(info.tag_index)
            except ValueError as error:
                self.problems.append(f"{contract.label}: input_stream_info: {error}")
                continue
            matches = [c for c in contract.inputs if (c.entry.tag, c.entry.index) == place]
            if not matches:
                self.problems.append(
                    f'{contract.label}: input_stream_info names "{info.tag_index}", which is not connected'
                )
            for connection in matches:
                connection.back_edge = True

    def _choose_handler(self, contract: ValidatedNode, node: CalculatorGraphConfig.Node) -> None:
        default = "DefaultInputStreamHandler"
        contract.input_handler = contract.calculator.input_handler
        chosen = None
        if node.HasField("input_stream_handler"):
            chosen = node.input_stream_handler
        elif contract.input_handler == default and self.config.HasField("input_stream_handler"):
            chosen = self.config.input_stream_handler
        if chosen is not None:
            contract.input_handler, contract.handler_options = chosen.input_stream_handler, chosen.options
        if contract.input_handler not in INPUT_HANDLERS:
            self.problems.append(
                f'{contract.label}: unknown input stream handler "{contract.input_handler}" '
                f"(known: {', '.join(sorted(INPUT_HANDLERS))})"
            )
            return
        try:
            places = [(c.entry.tag, c.entry.index) for c in contract.inputs]
            INPUT_HANDLERS[contract.input_handler].check(places, contract.handler_options)
        except ValueError as error:
            self.problems.append(f"{contract.label}: {contract.input_handler}: {error}")

    def _find_producers(
        self, what: str, graph_entries: list[TagName], attribute: str
    ) -> dict[str, Producer | None]:
        producers: dict[str, Producer | None] = {}
        for entry in graph_entries:
            if entry.name in producers:
                self.problems.append(f'the graph declares its input {what} "{entry.name}" twice')
            producers[entry.name] = None
        for node in self.nodes:
            for connection in getattr(node, attribute):
                name = connection.entry.name
                if name in producers:
                    other = producers[name]
                    first = "an input of the graph" if other is None else f"an output of {other[0].label}"
                    self.problems.append(
                        f'{node.label}: {what} "{name}" (port {connection.entry.port}) is already {first}; '
                        f"a {what} has one producer"
                    )
                producers.setdefault(name, (node, connection))
        return producers

    def _check_consumers(self) -> None:
        for node in self.nodes:
            for connection in node.inputs:
                if connection.entry.name not in self.producers:
                    hint = self._hint(connection.entry.name)
                    self.problems.append(
                        f'{node.label}: input stream "{connection.entry.name}" (port '
                        f"{connection.entry.port}) is produced by no node: it does not have a corresponding "
                        f"output stream, and is no input of the graph{hint}"
                    )
        for entry in self.outputs:
            if entry.name not in self.producers:
                hint = self._hint(entry.name)
                self.problems.append(
                    f'the graph\'s output stream "{entry.name}" is produced by no node{hint}'
                )
        for entry in self.side_outputs:
            if entry.name not in self.side_producers:
                self.problems.append(f'the graph\'s output side packet "{entry.name}" is produced by no node')

    def _hint(self, name: str) -> str:
        """A stream of nearly this name; only for the first problems, as it takes a look at each stream."""
        if len(self.problems) >= _MOST_HINTS:
            return ""
        return registry.closest_names(name, list(self.producers))

    def _sort(self) -> None:
        """Sorts the nodes by the streams and side packets that they need; refuses cycles."""
        position = {id(node): index for index, node in enumerate(self.nodes)}
        edges: list[set[int]] = [set() for _ in self.nodes]
        for index, node in enumerate(self.nodes):
            for producers, connections in (
                (self.producers, [c for c in node.inputs if not c.back_edge]),
                (self.side_producers, node.side_inputs),
            ):
                for connection in connections:
                    producer = producers.get(connection.entry.name)
                    if producer is not None:
                        edges[index].add(position[id(producer[0])])
        order = topological_order(edges)
        if order is None:
            cycle = " → ".join(self.nodes[index].label for index in find_cycle(edges))
            raise ConfigError(
                f"the graph has a cycle: {cycle}; mark the input that closes it with "
                'input_stream_info { tag_index: "TAG" back_edge: true }'
            )
        self.nodes = [self.nodes[index] for index in order]

    def _check_types(self) -> None:
        """Compares producers' and consumers' types, and lets each node refine its own, in order."""
        self._input_readers = {entry.name: InputReaders(entry.name) for entry in self.inputs}
        self._readers_of_type = {readers.type: readers for readers in self._input_readers.values()}
        self._refine_all()
        self._check_graph_inputs()
        for name, readers in self._input_readers.items():
            self.input_types[name] = readers.found()
        self._forget_unknown_types()
        if any(getattr(kind, "memory", "") for kind in self.input_types.values()):
            # Where values lie decides what nodes do with them, so that the nodes must know it.
            if not self.problems:
                self._refine_all()

    def _refine_all(self) -> None:
        for node in self.nodes:
            for producers, connections in (
                (self.producers, node.inputs),
                (self.side_producers, node.side_inputs),
            ):
                for connection in connections:
                    self._check_type(node, connection, producers.get(connection.entry.name))
            self._refine(node)

    def _check_graph_inputs(self) -> None:
        """Refuses an input of the graph if no value fits all of its readers."""
        for name, readers in self._input_readers.items():
            kinds = {id(connection.port.type): (node, connection) for node, connection in readers.readers}
            for (node, one), (other_node, other) in combinations(kinds.values(), 2):
                if exclude_one_another(one.port.type, other.port.type):
                    self.problems.append(
                        f'graph input "{name}": {node.label} takes {type_name(one.port.type)}, but '
                        f"{other_node.label} {type_name(other.port.type)}; no value is both"
                        + (
                            conversion_hint(one.port.type, other.port.type)
                            or conversion_hint(other.port.type, one.port.type)
                        )
                    )

    def _forget_unknown_types(self) -> None:
        for node in self.nodes:
            for connection in [*node.inputs, *node.outputs]:
                if isinstance(connection.type, type) and issubclass(connection.type, UnknownType):
                    connection.type = object

    def _refine(self, node: ValidatedNode) -> None:
        try:
            node.calculator.contract(node)
        except Exception as error:
            kind = "" if isinstance(error, ValueError) else f"{type(error).__name__}: "
            self.problems.append(f"{node.label}: {kind}{error}")

    def _check_type(self, node: ValidatedNode, connection: Connection, producer: Producer | None) -> None:
        produced, wanted = self._type_of(connection, producer), connection.port.type
        if produced is object:
            return
        if isinstance(produced, type) and issubclass(produced, UnknownType):
            if wanted is object:
                connection.type = produced
            else:
                self._readers_of_type[produced].readers.append((node, connection))
            return
        if is_subtype(produced, wanted):
            connection.type = produced
        else:
            made_by = f"{producer[0].label} produces" if producer else "the other readers of the input take"
            self.problems.append(
                f'{node.label}: "{connection.entry.name}" (port {connection.entry.port}) must be '
                f"{type_name(wanted)}, but {made_by} {type_name(produced)}"
                f"{conversion_hint(produced, wanted)}"
            )

    def _type_of(self, connection: Connection, producer: Producer | None) -> Any:
        """The type of what arrives at an input or a side input."""
        if producer is not None:
            return producer[1].type
        name = connection.entry.name
        if not isinstance(connection.port, Input) or name not in self._input_readers:
            return object
        return self.input_types.get(name) or self._input_readers[name].type
