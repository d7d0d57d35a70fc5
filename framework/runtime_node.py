"""RuntimeNode: a node during a run, a calculator instance between its queues and its outputs.

GraphInput, through which the program feeds a graph, stands beside it.
"""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from attention_mesh.framework.bound_ports import BoundInput, BoundSideInput, BoundSideOutput
from attention_mesh.framework.calculator_base import STOP, Calculator
from attention_mesh.framework.conversions import conversion_hint
from attention_mesh.framework.errors import CalculatorError, GraphError, InputValueError
from attention_mesh.framework.input_stream_handlers import INPUT_HANDLERS, PROCESS
from attention_mesh.framework.node_contract import Connection, is_late
from attention_mesh.framework.observers import CallbackCalculator, callback_error
from attention_mesh.framework.packet import Packet
from attention_mesh.framework.port_types import is_value_of, type_name
from attention_mesh.framework.ports import Input, Output, Port, SideInput, SideOutput
from attention_mesh.framework.profiler import NodeStats
from attention_mesh.framework.streams import CLOSED, OPEN, UNOPENED, InputStream, QuietRegion, StreamStart
from attention_mesh.framework.timestamps import DONE, UNSET, UNSTARTED, describe
from attention_mesh.framework.validated_node import ValidatedNode

Live = TypeVar("Live", BoundInput[Any], StreamStart["RuntimeNode"], BoundSideInput[Any], BoundSideOutput[Any])


class RuntimeNode:
    """Holds what the scheduler needs to know of a node, for one run.

    Attributes:
      contract: what the validated graph says about it.
      calculator: the instance.
      state: UNOPENED, OPEN or CLOSED.
      queued: whether it is a candidate, for the scheduler to find out whether it can run.
      running: whether the scheduler has taken it and it has not returned yet.
      stopped: whether it is to be closed when it is next taken.
      streams: the queues of its inputs.
      outputs: its connected outputs.
      regions: the quiet regions that it belongs to.
      handler: decides when it runs.
      key: place in the ready heap; smaller runs first.
      queue: the ready heap of its executor.
      stats: collects its calls, if the graph is profiled.
      throttled: number of full queues that hold it back, if it is a source.
      hands_bounds_on: whether its outputs' bounds are just its inputs' lowest while it has no packets.
    """

    __slots__ = (
        "contract",
        "name",
        "label",
        "calculator",
        "state",
        "key",
        "queued",
        "running",
        "throttled",
        "queue",
        "stats",
        "regions",
        "side_inputs",
        "side_outputs",
        "side_packets",
        "lacks",
        "outputs",
        "streams",
        "is_source",
        "stopped",
        "handler",
        "poll",
        "process",
        "offset",
        "hands_bounds_on",
    )

    queue: list[tuple[int, "RuntimeNode"]]

    def __init__(self, contract: ValidatedNode, queue_limit: int) -> None:
        self.contract = contract
        self.name = contract.name
        self.label = contract.label
        self.calculator = self._instance()
        self.calculator.name = contract.name
        self.calculator.options = contract.options
        self.calculator.timestamp = UNSTARTED
        self.state = UNOPENED
        self.key = 0
        self.queued = self.running = False
        self.throttled = 0
        self.stats: NodeStats | None = None
        self.regions: list[QuietRegion[RuntimeNode]] = []
        self.side_inputs = self._bind(SideInput, BoundSideInput)
        self.side_outputs = self._bind(SideOutput, BoundSideOutput)
        self.side_packets: dict[str, Any] = {}
        self.lacks: set[str] = set()  # names of the side packets that it waits for, unopened
        self.outputs = [port for _, port in self._bind(Output, StreamStart)]
        for port in self.outputs:
            port.node = self.calculator
        self.streams: tuple[InputStream[RuntimeNode], ...] = tuple(
            InputStream(connection.entry.name, self, port, connection.back_edge, queue_limit)
            for connection, port in self._bind(Input, BoundInput)
        )
        self.is_source = not self.streams
        # A node without inputs that has nothing to process only makes side packets.
        self.stopped = self.is_source and contract.calculator.process is Calculator.process
        self.handler = INPUT_HANDLERS[contract.input_handler](
            self.streams, self.calculator, contract.handler_options
        )
        self.poll = self.handler.poll
        self.process = self.calculator.process
        self.offset = self.calculator.timestamp_offset
        self.hands_bounds_on = (
            self.offset == 0
            and contract.input_handler == "DefaultInputStreamHandler"
            and not self.calculator.process_bounds
            and not self.is_source
        )

    def _instance(self) -> Calculator:
        try:
            return self.contract.calculator()
        except Exception as error:
            raise CalculatorError(
                f"{self.label}: its constructor failed: {type(error).__name__}: {error}"
            ) from error

    def _bind(self, kind: type[Port[Any]], live_type: type[Live]) -> list[tuple[Connection, Live]]:
        """Puts the live ports of one kind on the instance; returns the connected ones."""
        connections = sorted(self.contract.connections(kind), key=lambda c: (c.entry.tag, c.entry.index))
        pairs = []
        for port in self.contract.calculator.ports(kind):
            bound = []
            for connection in connections:
                if connection.port is port:
                    live = live_type(connection.entry.name, True)
                    live.place = (connection.entry.tag, connection.entry.index)
                    bound.append(live)
                    pairs.append((connection, live))
            setattr(
                self.calculator,
                port.attribute,
                bound if port.repeated else (bound or [self._open_end(port, live_type)])[0],
            )
        return pairs

    def _open_end(self, declared: Port[Any], live_type: type[Live]) -> Live:
        """A port the graph leaves open: reads as empty or its default, takes what is sent and drops it."""
        port = live_type()
        if isinstance(port, StreamStart):
            port.node = self.calculator
            port.pending = _Nowhere()
        elif isinstance(port, BoundSideInput) and isinstance(declared, SideInput):
            port.value = declared.default
        return port

    def open(self, side_packets: dict[str, Any]) -> None:
        """Hands over the side packets, calls the calculator's `open`, and takes the ones it sets."""
        for connection, port in self.side_inputs:
            declared = connection.port
            default = declared.default if isinstance(declared, SideInput) else None
            port.value = side_packets.get(connection.entry.name, default)
            # An optional side packet of the graph that nobody gave counts as not connected.
            port.connected = connection.entry.name in side_packets
        self.call("open")
        self.state = OPEN
        self.calculator.timestamp = UNSET
        self.side_packets = side_packets
        self._hand_over([pair for pair in self.side_outputs if not is_late(pair[0])], "open")
        self.hand_over_late("open")

    def hand_over_late(self, phase: str) -> None:
        """Takes the side packets that the calculator may set at any time, those that it has set so far."""
        self._hand_over([pair for pair in self.side_outputs if is_late(pair[0]) and pair[1].is_set], phase)

    def _hand_over(self, side_outputs: list[tuple[Connection, BoundSideOutput[Any]]], phase: str) -> None:
        """Takes the side packets that a method of the calculator has to set."""
        for connection, port in side_outputs:
            name, wanted = connection.entry.port, connection.port.type
            if not port.is_set:
                raise CalculatorError(f'{self.label}: {phase}() did not set its output side packet "{name}"')
            if not is_value_of(port.value, wanted):
                raise CalculatorError(
                    f'{self.label}: {phase}() set its output side packet "{name}" to a '
                    f"{type(port.value).__name__}, but it must be {type_name(wanted)}"
                )
            self.side_packets[connection.entry.name] = port.value

    def execute(self, action: int) -> None:
        """Does what `poll` found to do. With several threads, the caller has released the lock."""
        stats = self.stats
        if stats is None:
            if action == PROCESS:
                try:
                    if self.process() is STOP:
                        self.stopped = True
                except Exception as error:
                    raise self.error("process", error) from error
            else:
                self.close()
            return
        timestamp = self.calculator.timestamp
        start = time.perf_counter_ns()
        try:
            if action == PROCESS:
                if self.call("process") is STOP:
                    self.stopped = True
            else:
                self.close()
        finally:
            phase = "process" if action == PROCESS else "close"
            stats.add(phase, start, time.perf_counter_ns(), timestamp)

    def close(self) -> None:
        """Calls the calculator's `close`, once; its inputs are empty then."""
        self.state = CLOSED
        self.calculator.timestamp = DONE
        for stream in self.streams:
            stream.port.packet = None
        self.call("close")
        self.hand_over_late("close")

    def call(self, phase: str) -> Any:
        """Runs a method of the calculator; its exceptions become a CalculatorError with node and time."""
        try:
            return getattr(self.calculator, phase)()
        except Exception as error:
            raise self.error(phase, error) from error

    def error(self, phase: str, error: BaseException) -> CalculatorError:
        """The error that users see if a method of the calculator raises."""
        timestamp = self.calculator.timestamp
        if isinstance(self.calculator, CallbackCalculator) and phase == "process":
            return callback_error(self.streams[0].name, timestamp, error)
        when = f" at timestamp {describe(timestamp)}" if phase == "process" and timestamp != UNSET else ""
        kind = "" if isinstance(error, GraphError) else f"{type(error).__name__}: "
        misfits = self._misfits() if phase == "process" else ""
        return CalculatorError(f"{self.label}: {phase}() failed{when}: {kind}{error}{misfits}")

    def _misfits(self) -> str:
        """Which inputs hold a value of another type than declared: the fault is then the sender's."""
        wanted = {(c.entry.tag, c.entry.index): c.port.type for c in self.contract.inputs}
        read = [(stream, wanted[stream.port.place]) for stream in self.streams if stream.port.packet]
        return "".join(
            f'; stream "{stream.name}" brought a {type(stream.port.value).__name__}, but {type_name(kind)} '
            "is declared"
            for stream, kind in read
            if not is_value_of(stream.port.value, kind)
        )

    def handler_error(self, error: Exception) -> CalculatorError:
        """The error that users see for packets that the node's input stream handler cannot use."""
        return CalculatorError(f"{self.label}: {self.contract.input_handler}: {error}")


class GraphInput:
    """A stream into the graph, fed by the program around it.

    It replaces a node there: it has outputs, and full queues hold it back.

    Attributes:
      types: classes that its values may have, by what its consumers declare; empty for any.
      checks: what its consumers check of its values.
    """

    def __init__(
        self, name: str, types: tuple[type, ...], checks: tuple[Callable[[Any], None], ...] = ()
    ) -> None:
        self.name = name
        self.types = types
        self.checks = checks
        self.output: StreamStart[RuntimeNode] = StreamStart(name, True)
        self.outputs = [self.output]
        self.throttled = 0

    def check(self, value: Any) -> None:
        """Raises TypeError or InputValueError for a value that no consumer could read."""
        for wanted in self.types:
            if not is_value_of(value, wanted):
                raise TypeError(
                    f'graph input "{self.name}" takes {type_name(wanted)}, but was given '
                    f"{type(value).__name__}{conversion_hint(type(value), wanted)}"
                )
        for check in self.checks:
            try:
                check(value)
            except ValueError as error:
                raise InputValueError(f'graph input "{self.name}": {error}') from error


class _Nowhere(list[Packet]):
    """The pending list of an output that nobody reads."""

    def append(self, packet: Packet) -> None:
        pass
