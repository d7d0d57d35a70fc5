"""SynchronousGraph: a graph as a function, from one set of inputs to the outputs at the same time."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any

from attention_mesh.framework.calculator_graph import CalculatorGraph
from attention_mesh.framework.graph_service import GraphService
from attention_mesh.framework.packet import Packet
from attention_mesh.framework.validated_graph import ValidatedGraph


class SynchronousGraph:
    """Runs a graph on the calling thread, one set of inputs per call.

    The graph starts at once. If anything interrupts a run (an error of a calculator, Ctrl-C), then the graph
    ends, and the next call starts it again: no call sees a half-run graph. One thread at a time may use it.

    Args:
      graph: the checked graph.
      side_packets: name of a side packet -> its value.
      outputs: names of the streams to return, each once.
      services: graph service -> its object; see `CalculatorGraph.set_service_object`.

    Raises:
      ConfigError: a side packet is missing, unknown or of the wrong type, or there is no such output.
      CalculatorError: a calculator could not be opened.
    """

    def __init__(
        self,
        graph: ValidatedGraph,
        side_packets: Mapping[str, Any],
        outputs: Iterable[str],
        services: Mapping[GraphService[Any], Any] | None = None,
    ) -> None:
        self._graph = CalculatorGraph(validated_graph=graph, scheduler="caller")
        self._side_packets = dict(side_packets)
        self._outputs = tuple(outputs)
        self._packets: dict[str, Packet] = {}
        for stream in self._outputs:
            self._graph.observe_output_stream(stream, functools.partial(self._packets.__setitem__, stream))
        for service, value in (services or {}).items():
            self._graph.set_service_object(service, value)
        self._is_running = False
        self._start()

    def run(self, timestamp_us: int, inputs: Mapping[str, Any]) -> list[Any]:
        """Sends one value to each input and returns what the graph sends at the same timestamp.

        Args:
          timestamp_us: larger than in the call before, in microseconds.
          inputs: name of an input stream -> its value; an input that is left out gets no packet.

        Returns:
          The value of each output, in the order of `outputs`; None for an output without a packet at
          `timestamp_us`.

        Raises:
          GraphError: a calculator failed, the timestamp does not increase, or there is no such input.
          TypeError: no calculator reads such a value.
        """
        if not (self._is_running and self._graph.is_running):  # a forked process may have lost its run
            self._start()
        graph, packets = self._graph, self._packets
        try:
            for stream, value in inputs.items():
                graph.add_packet(stream, value, timestamp_us)
            graph.wait_until_idle()
        except BaseException:
            self.close()
            raise
        return [
            packet.value
            if (packet := packets.pop(stream, None)) is not None and packet.timestamp == timestamp_us
            else None
            for stream in self._outputs
        ]

    def reset(self) -> None:
        """Starts the graph again: its calculators forget what they have seen."""
        self.close()
        self._start()

    def close(self) -> None:
        """Ends the graph; the next `run` starts it again. Does nothing if the graph has ended."""
        self._is_running = False
        self._graph.close(finish=False)
        self._packets.clear()

    def _start(self) -> None:
        self._graph.start_run(self._side_packets)
        self._is_running = True
