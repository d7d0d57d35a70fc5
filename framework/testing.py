"""run_calculator: runs one calculator alone, for tests and for experiments."""

import contextlib
import reprlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np

from attention_mesh.framework import registry
from attention_mesh.framework.calculator_graph import CalculatorGraph
from attention_mesh.framework.errors import ConfigError
from attention_mesh.framework.graph_config import new_config
from attention_mesh.framework.graph_service import GraphService
from attention_mesh.framework.options import make_options, set_options
from attention_mesh.framework.packet import Packet
from attention_mesh.framework.port_types import is_value_of, type_name
from attention_mesh.framework.ports import ANY_TAG, Output, SideOutput
from attention_mesh.framework.timestamps import PRE_STREAM, describe, next_allowed


@dataclass(frozen=True)
class CalculatorRun:
    """Everything that a calculator has sent.

    Attributes:
      outputs: port ("TAG" or "TAG:1") → Packets in order, for every connected output.
      bounds: port → bound before the inputs were closed.
      side_outputs: tag → value, of the side packets that were set.
    """

    outputs: dict[str, list[Packet]]
    bounds: dict[str, int]
    side_outputs: dict[str, Any]

    def packets(self, port: str) -> list[Packet]:
        return self.outputs[port]

    def values(self, port: str) -> list[Any]:
        """The payloads an output has sent, in order."""
        return [packet.value for packet in self.outputs[port]]

    def bound(self, port: str) -> int:
        """The output's bound once all input packets were processed, before the inputs were closed."""
        return self.bounds[port]


def run_calculator(
    calculator: str | type,
    inputs: dict[str, list[tuple[int, Any]]] | None = None,
    side: dict[str, Any] | None = None,
    options: Any = None,
    outputs: list[str] | None = None,
    bounds: dict[str, int] | None = None,
    side_outputs: list[str] | None = None,
    services: Mapping[GraphService[Any], Any] | None = None,
) -> CalculatorRun:
    """Runs a calculator on packets, in the order of their timestamps.

    Arrays in the packets are made read-only first, so that a calculator that writes to its inputs fails.

    Args:
      calculator: its class or registered name.
      inputs: port ("TAG", "TAG:1", "" or ":1") → (timestamp in µs, value) pairs.
      side: tag → value of input side packets.
      options: text of the options message, a dict of its fields, or the message.
      outputs: ports to connect; default every declared output (index 0 of repeated ones).
      bounds: port → bound set after the packets.
      side_outputs: ports of output side packets to connect; default every declared one.
      services: graph service → its object; see `CalculatorGraph.set_service_object`.

    Raises:
      ConfigError, CalculatorError: as a graph raises them.
      ValueError: a port in `bounds` is not among the inputs, or an input is not given pairs.
      TypeError: the calculator has sent a value of another type than it declares.
    """
    name = calculator if isinstance(calculator, str) else calculator.__name__
    cls = registry.find_calculator(name)
    if cls is None:
        raise ConfigError(f'no calculator is called "{name}"')
    inputs, side, bounds = inputs or {}, side or {}, bounds or {}
    _check_given(inputs, bounds)
    ports = [port.tag for port in cls.ports(Output) if port.tag != ANY_TAG] if outputs is None else outputs
    config = new_config()
    node = config.node.add(calculator=name)
    in_names = {port: f"in_{index}" for index, port in enumerate(inputs)}
    out_names = {port: f"out_{index}" for index, port in enumerate(ports)}
    side_names = {tag: f"side_{index}" for index, tag in enumerate(side)}
    if side_outputs is None:
        side_outputs = [port.tag for port in cls.ports(SideOutput) if port.tag != ANY_TAG]
    made_names = {port: f"side_out_{index}" for index, port in enumerate(side_outputs)}
    node.input_stream.extend(_entry(port, stream) for port, stream in in_names.items())
    node.output_stream.extend(_entry(port, stream) for port, stream in out_names.items())
    node.input_side_packet.extend(_entry(tag, stream) for tag, stream in side_names.items())
    node.output_side_packet.extend(_entry(tag, stream) for tag, stream in made_names.items())
    config.input_stream.extend(in_names.values())
    try:
        message = make_options(cls, options)
    except ValueError as error:
        raise ConfigError(str(error)) from None
    if message is not None:
        set_options(node, message)
    sent: dict[str, list[Packet]] = {port: [] for port in ports}
    reached = dict.fromkeys(ports, PRE_STREAM)
    graph = CalculatorGraph(graph_config=config, scheduler="caller", allow_graph_files=True)
    for port, stream in out_names.items():
        graph.observe_output_stream(stream, sent[port].append)
        graph.observe_output_stream(stream, _bound_recorder(reached, port), observe_timestamp_bounds=True)
    for service, value in (services or {}).items():
        graph.set_service_object(service, value)
    graph.start_run({side_names[tag]: value for tag, value in side.items()})
    with graph:
        bounds_then = _feed(graph, in_names, inputs, bounds, reached)
    _check_types(graph, sent, out_names)
    made = {}
    for tag, name in made_names.items():
        with contextlib.suppress(KeyError):  # a late one that was not set
            made[tag] = graph.side_packet(name)
    return CalculatorRun(sent, bounds_then, made)


def _check_given(inputs: dict[str, list[tuple[int, Any]]], bounds: dict[str, int]) -> None:
    for port, pairs in inputs.items():
        for pair in pairs:
            if not isinstance(pair, (tuple, list)) or len(pair) != 2:
                raise ValueError(f'input "{port}" takes (timestamp, value) pairs, not {reprlib.repr(pair)}')
    for port in bounds:
        if port not in inputs:
            raise ValueError(f'there is no input "{port}" to set a bound of (inputs: {", ".join(inputs)})')


def _check_types(graph: CalculatorGraph, sent: dict[str, list[Packet]], out_names: dict[str, str]) -> None:
    for port, packets in sent.items():
        producer = graph.validated_graph.producers[out_names[port]]
        assert producer is not None  # an output of the calculator
        node, connection = producer
        for packet in packets:
            if not is_value_of(packet.value, connection.port.type):
                raise TypeError(
                    f'{node.label} has sent a {type(packet.value).__name__} to "{port}" at timestamp '
                    f"{describe(packet.timestamp)}, but declares {type_name(connection.port.type)}"
                )


def _feed(
    graph: CalculatorGraph,
    in_names: dict[str, str],
    inputs: dict[str, list[tuple[int, Any]]],
    bounds: dict[str, int],
    reached: dict[str, int],
) -> dict[str, int]:
    """Feeds a started graph to its end; returns `reached` as it was before the inputs were closed."""
    events = [
        (time, order, port, value)
        for port, pairs in inputs.items()
        for order, (time, value) in enumerate(pairs)
    ]
    for time, _, port, value in sorted(events, key=lambda event: event[:2]):
        _freeze(value)
        graph.add_packet(in_names[port], value, time)
    for port, bound in bounds.items():
        graph.set_input_stream_bound(in_names[port], bound)
    if in_names:
        graph.wait_until_idle()
    bounds_then = dict(reached)
    graph.close_all_input_streams()
    graph.wait_until_done()
    return bounds_then


def _entry(port: str, stream: str) -> str:
    """The connection of a port: "TAG:1:in_0" for "TAG:1" and "in_0"; an empty port has no tag."""
    return f"{port}:{stream}" if port else stream


def _bound_recorder(reached: dict[str, int], port: str) -> Callable[[Packet], None]:
    def record(packet: Packet) -> None:
        reached[port] = next_allowed(packet.timestamp)

    return record


def _freeze(value: Any) -> None:
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _freeze(item)
    elif isinstance(value, dict):
        _freeze(list(value.values()))
    elif is_dataclass(value):
        _freeze([getattr(value, field.name) for field in fields(value)])
