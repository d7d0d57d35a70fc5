"""A graph that runs."""

from collections.abc import Callable, Iterable, Mapping
from numbers import Integral
from pathlib import Path
from typing import Any

from attention_mesh.framework.callback_calculator import CallbackCalculator
from attention_mesh.framework.caller_scheduler import CallerScheduler
from attention_mesh.framework.errors import ConfigError, GraphError, QueueFullError
from attention_mesh.framework.executors import runs_on_caller
from attention_mesh.framework.graph_input import GraphInput
from attention_mesh.framework.node_contract import Connection, NodeContract
from attention_mesh.framework.packet import Packet
from attention_mesh.framework.pool_scheduler import PoolScheduler
from attention_mesh.framework.profiler import NodeProfile, Profiler
from attention_mesh.framework.protos import message_to_text
from attention_mesh.framework.runtime_node import RuntimeNode
from attention_mesh.framework.side_packet_check import check_side_packets
from attention_mesh.framework.state_report import describe_state
from attention_mesh.framework.stream_observer import StreamObserver
from attention_mesh.framework.stream_wiring import connect
from attention_mesh.framework.tags import TagName
from attention_mesh.framework.timestamps import DONE, whole_microseconds
from attention_mesh.framework.validated_graph import ValidatedGraph

_DEFAULT_QUEUE_SIZE = 100
_REPORT_SECONDS = 0.2
"""How long a report of the state waits for a thread that runs the graph."""


class CalculatorGraph:
    """Runs a graph of calculators: start it, feed its inputs, observe its outputs, wait, close.

    Packets may be added, and the graph waited for or cancelled, from any thread; `start_run` and
    `observe_output_stream` belong to one thread, before the packets. A graph can be started again
    once a run is over.

    Args:
      graph_config: a CalculatorGraphConfig: text, serialised bytes, message, or the Path of its file.
      binary_graph_path: file of a graph instead, binary or text.
      validated_graph: a `ValidatedGraph` instead.
      graph_path: folders (or one) in which subgraphs are looked for, before the built-in ones (in a built-in
        graph, after them).
      scheduler: "caller" runs nodes on the thread that waits (deterministic, cheapest a frame); "pool"
        on threads, with several timestamps in flight (highest throughput on a video); None does what
        the graph's executor says.
      num_threads: threads of the pool; None takes the graph's num_threads, 0 as many as useful.
      profile: collects per-node figures; `trace` also every call.

    Raises:
      ConfigError: the graph is not fit to run; the text lists every problem with node and stream.
    """

    def __init__(
        self,
        graph_config: Any = None,
        *,
        binary_graph_path: str | Path | None = None,
        validated_graph: ValidatedGraph | None = None,
        graph_path: str | Path | Iterable[str | Path] = (),
        scheduler: str | None = None,
        num_threads: int | None = None,
        profile: bool = False,
        trace: bool = False,
    ):
        given = [
            source for source in (graph_config, binary_graph_path, validated_graph) if source is not None
        ]
        if len(given) != 1:
            raise ValueError("give a graph as one of graph_config, binary_graph_path and validated_graph")
        if scheduler not in (None, "caller", "pool"):
            raise ValueError(f'scheduler is "caller", "pool" or None, not {scheduler!r}')
        if num_threads is not None and not (isinstance(num_threads, Integral) and num_threads >= 0):
            raise ValueError(f"num_threads is {num_threads!r}; expected an int, 0 or more, or None")
        if not isinstance(validated_graph, ValidatedGraph | None):
            raise TypeError(f"validated_graph is a ValidatedGraph, not a {type(validated_graph).__name__}")
        if validated_graph is None:
            source = graph_config if binary_graph_path is None else Path(binary_graph_path)
            folders = [graph_path] if isinstance(graph_path, str | Path) else graph_path
            validated_graph = ValidatedGraph(source, [Path(folder) for folder in folders])
        self._graph = validated_graph
        config = validated_graph.config
        on_caller = runs_on_caller(config) if scheduler is None else scheduler == "caller"
        self._scheduler_kind = "caller" if on_caller else "pool"
        self._num_threads = config.num_threads if num_threads is None else num_threads
        self.max_queue_size = config.max_queue_size or _DEFAULT_QUEUE_SIZE
        self._trace = trace or config.profiler_config.trace_enabled
        self._profile = profile or self._trace or config.profiler_config.enable_profiler
        self._observers: list[tuple[str, Callable[[Packet], Any], bool]] = []
        self._run: Any = None
        self._inputs: dict[str, GraphInput] = {}
        self._side_packets: dict[str, Any] = {}
        self._profiler = Profiler()
        self._wait_to_add = True

    # ---- what the graph is ----------------------------------------------------------------------
    @property
    def validated_graph(self) -> ValidatedGraph:
        """The graph with its nodes, streams and types."""
        return self._graph

    @property
    def text_config(self) -> str:
        """The config with all subgraphs expanded, as text."""
        return message_to_text(self._graph.config)

    @property
    def binary_config(self) -> bytes:
        """The config with all subgraphs expanded, serialised."""
        return self._graph.config.SerializePartialToString()

    @property
    def scheduler(self) -> str:
        """Where nodes run: "caller" or "pool"."""
        return self._scheduler_kind

    @property
    def is_running(self) -> bool:
        """Whether a run has begun and is not over."""
        return self._is_running()

    @property
    def graph_input_stream_add_mode(self) -> str:
        """What adding to a full graph does: "wait" until there is room (default), or "fail"."""
        return "wait" if self._wait_to_add else "fail"

    @graph_input_stream_add_mode.setter
    def graph_input_stream_add_mode(self, mode: str) -> None:
        if mode not in ("wait", "fail"):
            raise ValueError(f'the mode is "wait" or "fail", not {mode!r}')
        self._wait_to_add = mode == "wait"

    # ---- before the run -------------------------------------------------------------------------
    def observe_output_stream(
        self, stream_name: str, callback: Callable[[Packet], Any], observe_timestamp_bounds: bool = False
    ) -> None:
        """Calls `callback(packet)` for each packet of any stream of the graph, in order.

        Which of two streams is told first of the same timestamp is not promised.
        With `observe_timestamp_bounds`, a packet with value None tells of a timestamp that passed
        without a packet. An exception in the callback ends the run, as one in a calculator does.

        Raises GraphError during a run, ConfigError when there is no such stream, TypeError when `callback`
        cannot be called.
        """
        if not callable(callback):
            raise TypeError(f"the callback is a {type(callback).__name__}; expected a function of a Packet")
        if self._is_running():
            raise GraphError("observe_output_stream: the graph is running; observe before start_run")
        if stream_name not in self._graph.producers:
            names = ", ".join(self._graph.producers)
            raise ConfigError(f'the graph has no stream "{stream_name}" to observe (it has: {names})')
        self._observers.append((stream_name, callback, observe_timestamp_bounds))

    def start_run(self, input_side_packets: dict[str, Any] | None = None) -> None:
        """Opens all nodes.

        Args:
          input_side_packets: name of a side packet of the graph → its value (or a Packet of it).

        Raises:
          ConfigError: a side packet is missing, unknown, or of the wrong type.
          CalculatorError: a calculator's `open` failed; what was opened has been closed.
          GraphError: the graph is running already.
        """
        if self._is_running():
            raise GraphError("start_run: the graph is running already; wait_until_done() first")
        given = {} if input_side_packets is None else input_side_packets
        if not isinstance(given, Mapping):
            raise TypeError(f"input_side_packets is a dict, name → value, not a {type(given).__name__}")
        side_packets = {n: v.value if isinstance(v, Packet) else v for n, v in given.items()}
        check_side_packets(self._graph, side_packets)
        self._profiler = Profiler(self._trace)
        inline = [observer for observer in self._observers if self._is_called_inline(observer)]
        others = [observer for observer in self._observers if observer not in inline]
        contracts = [*self._graph.nodes, *(_observer_contract(name) for name, _, _ in others)]
        limit = max(self.max_queue_size, 0)
        nodes = [RuntimeNode(contract, limit) for contract in contracts]
        for node, (_, callback, bounds) in zip(nodes[len(self._graph.nodes) :], others, strict=True):
            node.calculator.callback = callback
            node.handler.process_bounds = bounds
            node.calculator.process_bounds = bounds
        for output in (output for node in nodes for output in node.outputs):
            output.observers = tuple(
                StreamObserver(name, callback) for name, callback, _ in inline if name == output.name
            )
        if self._profile:
            for node in nodes[: len(self._graph.nodes)]:
                node.stats = self._profiler.watch(node.name, node.contract.calculator.__name__)
        self._inputs = {
            entry.name: GraphInput(entry.name, self._input_types(entry.name)) for entry in self._graph.inputs
        }
        connect(nodes, self._inputs)
        common = (nodes, list(self._inputs.values()), self._graph.config.report_deadlock)
        if self._scheduler_kind == "caller":
            self._run = CallerScheduler(*common)
        else:
            sizes = dict(self._graph.executors)
            if "" not in sizes or self._num_threads:
                sizes[""] = self._num_threads
            self._run = PoolScheduler(*common, executors=sizes)
        self._side_packets = side_packets
        try:
            self._run.start(side_packets)
        except GraphError:
            self._run.join()
            raise

    # ---- during the run -------------------------------------------------------------------------
    def add_packet(self, stream_name: str, value: Any, timestamp_us: int) -> None:
        """Adds a value to a graph input, at a timestamp in microseconds.

        Waits while the graph has max_queue_size packets waiting (or raises QueueFullError, see
        `graph_input_stream_add_mode`).

        Raises:
          GraphError: the stream is no input of the graph, the run is over, or a calculator failed
            (its CalculatorError).
          TypeError: no consumer can read such a value, or the timestamp is no int.
          TimestampError: an earlier packet had this timestamp or a later one; the run goes on.
        """
        graph_input = self._input(stream_name)
        graph_input.check(value)
        if type(timestamp_us) is not int:
            timestamp_us = whole_microseconds(timestamp_us, f'graph input "{stream_name}"')
        if not self._run.feed(graph_input, Packet(value, timestamp_us), self._wait_to_add):
            raise QueueFullError(
                f'graph input "{stream_name}": {self.max_queue_size} packets are waiting already'
            )

    def add_packet_to_input_stream(self, stream: str, packet: Packet, timestamp: int | None = None) -> None:
        """MediaPipe's name for `add_packet`; the packet's own timestamp counts where none is given."""
        if not isinstance(packet, Packet):
            raise TypeError(f'graph input "{stream}" takes a Packet here, not a {type(packet).__name__}')
        self.add_packet(stream, packet.value, packet.timestamp if timestamp is None else timestamp)

    def set_input_stream_bound(self, stream_name: str, timestamp_us: int) -> None:
        """Promises that nothing before `timestamp_us` is added to an input any more."""
        graph_input = self._input(stream_name)
        bound = whole_microseconds(timestamp_us, f'graph input "{stream_name}"')
        self._run.set_input_bound(graph_input, bound)

    def close_input_stream(self, stream_name: str) -> None:
        """Promises that nothing is added to an input any more."""
        graph_input = self._input(stream_name)
        self._run.set_input_bound(graph_input, DONE)

    def close_all_input_streams(self) -> None:
        """Closes every input of the graph. Its sources go on."""
        run = self._started("close_all_input_streams")
        for graph_input in self._inputs.values():
            run.set_input_bound(graph_input, DONE)

    def close_all_packet_sources(self) -> None:
        """Closes every input of the graph, and its sources, each once its `process` has returned."""
        self._started("close_all_packet_sources").stop_sources()
        self.close_all_input_streams()

    def wait_until_idle(self) -> None:
        """Returns when all that was added has been processed. Raises what a calculator raised."""
        run = self._started("wait_until_idle")
        self._refuse_inside("wait_until_idle")
        run.wait_until_idle()
        if run.errors or run.cancelled:
            run.raise_errors()

    def wait_until_done(self) -> None:
        """Returns when all inputs are closed and everything has been processed, and all nodes closed.

        Raises GraphError at once when an input is still open and nothing else could close it, on the
        caller's scheduler; else what a calculator raised, or CancelledError after `cancel`.
        """
        run = self._started("wait_until_done")
        self._refuse_inside("wait_until_done")
        if self._scheduler_kind == "caller":
            run.wait_until_idle()
            if not run.finished:
                raise GraphError("wait_until_done: close all graph inputs first (close_all_input_streams)")
        else:
            run.wait_until(lambda: False)
        run.join()
        run.raise_errors()

    def cancel(self) -> None:
        """Ends the run as soon as the calculators that run now return. Callable from any thread."""
        if self._run is not None:
            self._run.cancel()

    def close(self) -> None:
        """Cancels the run if it goes on, closes all nodes and ends all threads. Never raises.

        Within a calculator or callback of the graph itself it only cancels.
        """
        if self._run is None:
            return
        if self._is_running():
            self._run.cancel()
        if not self._is_inside():
            self._run.wait_until(lambda: False)
            self._run.join()

    def __enter__(self) -> "CalculatorGraph":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    # ---- what came of it ------------------------------------------------------------------------
    def has_error(self) -> bool:
        """Whether a calculator has failed in the current or last run."""
        return self._run is not None and bool(self._run.errors)

    def get_combined_error_message(self) -> str:
        """All errors of the run, one a line."""
        return "\n".join(str(error) for error in self._run.errors) if self._run is not None else ""

    def describe_state(self) -> str:
        """What the run is doing now, a line for each graph input, node and stream.

        For a run that seems to hang: queues, bounds, what each node waits for. Callable from any thread, also
        while nodes run.
        """
        if self._run is None:
            return "the graph has not been started"
        has_lock = self._run.lock.acquire(timeout=_REPORT_SECONDS)
        try:
            if has_lock:
                self._run.catch_up()
            report = describe_state(self._run)
        finally:
            if has_lock:
                self._run.lock.release()
        return report if has_lock else f"{report}\n(read while the run went on)"

    def side_packet(self, name: str) -> Any:
        """The value of a side packet, given or made by a node in `open`. KeyError if there is none."""
        return self._side_packets[name]

    def profile(self) -> list[NodeProfile]:
        """Per-node figures of the current or last run; empty unless the graph was made with `profile`."""
        return self._profiler.profile()

    def write_trace(self, path: str | Path) -> None:
        """Writes the calls of the run as Chrome trace JSON; the graph must have been made with `trace`."""
        if not self._trace:
            raise GraphError("write_trace: make the graph with trace=True")
        self._profiler.write_chrome_trace(path)

    # ---- inside ---------------------------------------------------------------------------------
    def _is_running(self) -> bool:
        return self._run is not None and not self._run.finished

    def _is_inside(self) -> bool:
        """Whether the calling thread runs one of this graph's calculators now."""
        return self._run.is_inside()

    def _refuse_inside(self, what: str) -> None:
        if self._is_inside():
            raise GraphError(
                f"{what}: a calculator or callback cannot wait for the graph that waits for it to return"
            )

    def _started(self, what: str) -> Any:
        if self._run is None:
            raise GraphError(f"{what}: the graph has not been started (start_run)")
        return self._run

    def _input(self, name: str) -> GraphInput:
        self._started("graph input")
        if name not in self._inputs:
            raise GraphError(
                f'the graph has no input stream "{name}" (it has: {", ".join(self._inputs) or "none"})'
            )
        return self._inputs[name]

    def _input_types(self, name: str) -> tuple[type, ...]:
        types = {c.port.type for node in self._graph.nodes for c in node.inputs if c.entry.name == name}
        return tuple(types - {object})

    def _is_called_inline(self, observer: tuple[str, Callable[[Packet], Any], bool]) -> bool:
        """Whether a callback needs no node: packets of a node's output, on the caller's thread."""
        name, _, bounds = observer
        return self._scheduler_kind == "caller" and not bounds and self._graph.producers[name] is not None


def _observer_contract(name: str) -> NodeContract:
    contract = NodeContract(f"observer of {name}", CallbackCalculator)
    contract.inputs.append(Connection(TagName("", 0, name), CallbackCalculator.observed, object))
    return contract
