"""CalculatorGraph: the engine's graph, with the interface that MediaPipe's Python programs expect."""

from __future__ import annotations

import enum
import functools
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from google.protobuf.message import Message

from attention_mesh import framework
from attention_mesh.forks import InheritedLocks
from attention_mesh.framework.errors import GraphError, TimestampError
from attention_mesh.python_bindings.errors import (
    GraphRuntimeError,
    GraphValueError,
    translated,
    translating,
)
from attention_mesh.python_bindings.mediapipe_api.packet import Packet
from attention_mesh.python_bindings.mediapipe_api.packet_payloads import stream_value
from attention_mesh.python_bindings.mediapipe_api.stream_types import StreamType
from attention_mesh.python_bindings.mediapipe_api.timestamp import Timestamp
from attention_mesh.python_bindings.mediapipe_api.validated_graph_config import ValidatedGraphConfig

__all__ = ["CalculatorGraph", "GraphInputStreamAddMode"]


class GraphInputStreamAddMode(enum.IntEnum):
    """What adding a packet to a full graph does.

    Attributes:
      WAIT_TILL_NOT_FULL: it waits until there is room.
      ADD_IF_NOT_FULL: it raises an error.
    """

    WAIT_TILL_NOT_FULL = 0
    ADD_IF_NOT_FULL = 1

    __str__ = enum.Enum.__str__


_WAIT = GraphInputStreamAddMode.WAIT_TILL_NOT_FULL
_POLL_SECONDS = 0.05


class CalculatorGraph:
    """Runs a graph: observe its outputs, start it, add packets, wait, close.

    Errors are the engine's and at the same time those that MediaPipe's programs catch, see
    `python_bindings.errors`. If a stream does not allow a packet's timestamp, then the packet is refused. The
    next wait or `close` raises that error, once, and the run continues. (MediaPipe ends the run.)

    Args:
      graph_config: a CalculatorGraphConfig as message, text or serialized bytes.
      binary_graph_path: the file of a graph in its place, binary or (suffix .pbtxt) text.
      validated_graph_config: an initialized `ValidatedGraphConfig` in its place.
      graph_path: folders with subgraphs, as for `attention_mesh.framework.CalculatorGraph`. MediaPipe has no
        such argument.
      scheduler, allow_graph_files: likewise.

    Raises:
      FileNotFoundError: there is no such file.
      GraphConfigError: the graph cannot run; the text lists every problem with its node. It is a ValueError
        and a RuntimeError.
      ValueError: the arguments name no graph, or more than one.
    """

    def __init__(
        self,
        *,
        graph_config: str | bytes | Message | None = None,
        binary_graph_path: str | Path | None = None,
        validated_graph_config: ValidatedGraphConfig | None = None,
        graph_path: Iterable[str | Path] = (),
        scheduler: str | None = None,
        allow_graph_files: bool = False,
    ):
        given = [graph_config, binary_graph_path, validated_graph_config]
        if sum(source is not None for source in given) != 1:
            raise ValueError(
                "Please provide one of the following: 'binary_graph_path' to initialize the graph with a "
                "binary graph file, or 'graph_config' with a graph config proto, or 'validated_graph_config' "
                "with a ValidatedGraphConfig object."
            )
        if validated_graph_config is None:
            validated_graph_config = ValidatedGraphConfig()
            validated_graph_config.initialize(
                graph_config=graph_config, binary_graph_path=binary_graph_path, graph_path=graph_path
            )
        self._config = validated_graph_config
        with translating():
            self._graph = framework.CalculatorGraph(
                validated_graph=validated_graph_config.graph,
                scheduler=scheduler,
                allow_graph_files=allow_graph_files,
            )
        self._is_started = False
        self._refused: list[GraphError] = []
        self._unraised: list[GraphError] = []
        lock = threading.RLock()
        self._arrival, self._locks = threading.Condition(lock), InheritedLocks(lock)
        self._arrived = self._awaited = 0

    # ---- The graph ------------------------------------------------------------------------------
    @property
    def text_config(self) -> str:
        """The graph with its subgraphs expanded, as text."""
        return self._config.text_config

    @property
    def binary_config(self) -> bytes:
        """The graph with its subgraphs expanded, serialized."""
        return self._config.binary_config

    @property
    def max_queue_size(self) -> int:
        """The number of packets at one input of a node from which on adding waits; -1 for no limit."""
        return self._graph.max_queue_size

    @max_queue_size.setter
    def max_queue_size(self, size: int) -> None:
        self._graph.max_queue_size = size

    @property
    def graph_input_stream_add_mode(self) -> GraphInputStreamAddMode:
        """What adding a packet to a full graph does."""
        return _WAIT if self._graph.waits_when_full else GraphInputStreamAddMode.ADD_IF_NOT_FULL

    @graph_input_stream_add_mode.setter
    def graph_input_stream_add_mode(self, mode: GraphInputStreamAddMode) -> None:
        self._graph.waits_when_full = GraphInputStreamAddMode(mode) == _WAIT

    # ---- Before the run -------------------------------------------------------------------------
    def observe_output_stream(
        self,
        stream_name: str,
        callback_fn: Callable[[str, Packet], Any],
        observe_timestamp_bounds: bool = False,
    ) -> None:
        """Calls `callback_fn(stream_name, packet)` for each packet of a stream, in order.

        The call happens on a thread of the graph. An exception in it ends the run, and the next wait raises
        it.

        Args:
          stream_name: of any stream of the graph.
          callback_fn: takes the stream's name and a packet.
          observe_timestamp_bounds: also calls it with an empty packet for each timestamp that passes without
            a packet.

        Raises:
          RuntimeError: there is no such stream, or the graph runs.
          TypeError: `callback_fn` cannot be called.
        """
        if not callable(callback_fn):
            raise TypeError(f"callback_fn is a function of stream name and packet, not {callback_fn!r}")
        type_of_stream = self._config.stream_types.get(stream_name, StreamType())
        observer = functools.partial(self._observe, stream_name, type_of_stream.array_name, callback_fn)
        with translating():
            self._graph.observe_output_stream(stream_name, observer, observe_timestamp_bounds)

    def start_run(self, input_side_packets: Mapping[str, Packet] | None = None) -> None:
        """Opens all nodes.

        Args:
          input_side_packets: name of each side packet of the graph -> its Packet. As in MediaPipe, names that
            no node reads have no effect.

        Raises:
          ValueError: a side packet is missing or of a type that its node does not read, or a node refuses its
            value.
          RuntimeError: the graph runs already, or a node cannot be opened.
        """
        known = self._config.side_packet_types
        values = {}
        for name, packet in (input_side_packets or {}).items():
            if not isinstance(packet, Packet):
                raise TypeError(f'input side packet "{name}" is a Packet, not {packet!r}; see packet_creator')
            if name in known:
                values[name] = stream_value(packet.value, known[name].wanted)
        self._refused, self._unraised = [], []
        with translating():
            self._graph.start_run(values)
        self._is_started = True

    # ---- During the run -------------------------------------------------------------------------
    def add_packet_to_input_stream(
        self, stream: str, packet: Packet, timestamp: int | Timestamp = Timestamp.UNSET
    ) -> None:
        """Adds a packet to an input of the graph.

        Waits while the graph is full, see `graph_input_stream_add_mode`. If the timestamp does not increase,
        then the next wait raises an error.

        Args:
          stream: the name of the input.
          packet: an empty packet says that nothing comes at its time.
          timestamp: the packet's time; the default is the packet's own.

        Raises:
          ValueError: the packet has no timestamp, or no consumer reads its type.
          RuntimeError: the graph has no such input, does not run, or has failed.
        """
        if not isinstance(packet, Packet):
            raise TypeError(f"packet is a Packet, not {packet!r}; see packet_creator")
        time = Timestamp(timestamp)
        time_us = (packet.timestamp if time == Timestamp.UNSET else time).value
        if time_us == Timestamp.UNSET:
            raise ValueError("Timestamp::Unset() can't be the timestamp of a Packet in a stream.")
        type_of_stream = self._config.stream_types.get(stream)
        try:
            if packet.is_empty():
                self._graph.set_input_stream_bound(stream, time_us + 1)
                return
            value = stream_value(packet.value, type_of_stream.wanted if type_of_stream else None)
            self._graph.add_packet(stream, value, time_us)
        except TimestampError as error:
            refused = translated(error)
            self._refused.append(refused)
            self._unraised.append(refused)
        except GraphError as error:
            raise translated(error) from error
        except TypeError as error:
            raise GraphValueError(f"Packet type mismatch: {error}") from error

    def close_input_stream(self, stream: str) -> None:
        """Closes an input: no packet may follow.

        Raises:
          RuntimeError: the graph has no such input.
        """
        with translating():
            self._graph.close_input_stream(stream)

    def close_all_packet_sources(self) -> None:
        """Closes every input of the graph."""
        with translating():
            self._graph.close_all_packet_sources()

    def wait_until_idle(self) -> None:
        """Waits until all packets have been processed. Raises the error of a failed run."""
        with translating():
            self._graph.wait_until_idle()
        self._raise_refusal()

    def wait_until_done(self) -> None:
        """Waits until all inputs are closed and the run is over. Raises the error of a failed run."""
        with translating():
            self._graph.wait_until_done()
        self._is_started = False
        self._raise_refusal()

    def wait_for_observed_output(self) -> None:
        """Waits for a packet of an observed stream that came after the last call of this method.

        Raises:
          RuntimeError: the run ends without one, or a calculator fails.
        """
        while True:
            with translating():
                if self._graph.scheduler == "caller" or not self._graph.is_running:
                    self._graph.wait_until_idle()
            with self._arrival:
                if self._arrived == self._awaited and self._graph.is_running:
                    self._arrival.wait(_POLL_SECONDS)
                if self._arrived != self._awaited:
                    self._awaited = self._arrived
                    return
            if not self._graph.is_running:
                raise GraphRuntimeError("wait_for_observed_output: the run is over and no packet came")

    def close(self) -> None:
        """Closes every input and waits until the run is over. Raises the error of a failed run.

        Does nothing if no run is in progress.
        """
        if not self._is_started:
            return
        try:
            self.close_all_packet_sources()
            self.wait_until_done()
        finally:
            self._is_started = False
            self._graph.close(finish=False)

    def __enter__(self) -> CalculatorGraph:
        return self

    def __exit__(self, error_type: type | None, *_: Any) -> None:
        if error_type is None:
            self.close()
        else:
            self._is_started = False
            self._graph.close(finish=False)

    # ---- Results --------------------------------------------------------------------------------
    def has_error(self) -> bool:
        """Whether anything went wrong in the current or last run."""
        return bool(self._refused or self._graph.errors)

    def get_combined_error_message(self) -> str:
        """All errors of the run, one per line; "" if there are none."""
        return "\n".join(str(error) for error in [*self._refused, *self._graph.errors])

    def get_output_side_packet(self, packet_name: str) -> Packet:
        """Returns a side packet that the graph has received or made.

        Raises:
          RuntimeError: there is none, or none yet.
        """
        try:
            return Packet.of(self._graph.side_packet(packet_name))
        except KeyError:
            reason = (
                "is unavailable before the graph runs"
                if packet_name in self._config.side_packet_types
                else "does not exist"
            )
            raise GraphRuntimeError(f'The output side packet "{packet_name}" {reason}.') from None

    def _observe(
        self,
        stream_name: str,
        type_name: str,
        callback: Callable[[str, Packet], Any],
        packet: framework.Packet,
    ) -> None:
        callback(stream_name, Packet.of(packet.value, type_name, packet.timestamp))
        if packet.value is not None:
            with self._arrival:
                self._arrived += 1
                self._arrival.notify_all()

    def _raise_refusal(self) -> None:
        """Raises the first refusal that has not been raised yet."""
        if self._unraised:
            unraised, self._unraised = self._unraised, []
            raise unraised[0]
