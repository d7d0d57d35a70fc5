"""CalculatorGraph: a graph that runs."""

from collections.abc import Callable, Collection, Iterable, Mapping
from numbers import Integral
from pathlib import Path
from typing import Any, TypeVar

from google.protobuf.message import Message

from attention_mesh.framework.destinations import check_destinations
from attention_mesh.framework.errors import ConfigError, GraphError, QueueFullError
from attention_mesh.framework.executors import runs_on_caller
from attention_mesh.framework.graph_service import GraphService, ServiceObjects
from attention_mesh.framework.observers import Observer
from attention_mesh.framework.packet import Packet
from attention_mesh.framework.profiler import NodeProfile, Profiler
from attention_mesh.framework.run_builder import RunSettings, build_run
from attention_mesh.framework.runtime_node import GraphInput
from attention_mesh.framework.scheduler import Scheduler
from attention_mesh.framework.timestamps import DONE, whole_microseconds
from attention_mesh.framework.validated_graph import ValidatedGraph

T = TypeVar("T")

_DEFAULT_QUEUE_SIZE = 100
_REPORT_SECONDS = 0.2
"""How long a report of the state waits for a thread that runs the graph."""


class CalculatorGraph:
    """Runs a graph of calculators: start it, feed its inputs, observe its outputs, wait, close.

    Any thread may add packets, wait and cancel. One thread calls `observe_output_stream` and `start_run`,
    before the packets. A graph can start again once a run is over.

    Args:
      graph_config: a CalculatorGraphConfig: text, serialized bytes, message, or the Path of its file.
      validated_graph: a `ValidatedGraph` instead.
      graph_path: folders (or one) in which subgraphs are looked for, before the built-in ones (in a built-in
        graph, after them).
      scheduler: "caller" runs nodes on the thread that waits (deterministic, cheapest per frame). "pool" runs
        them on threads, with several timestamps in flight (highest throughput on a video). None does what the
        graph's executor says.
      num_threads: threads of the pool; None takes the graph's num_threads, 0 as many as useful.
      profile: collects per-node figures; `trace` also every call.
      allow_graph_files: whether the graph itself may name the files that it writes, hosts, devices and films,
        and may replace files. Without it, such names are input side packets, and no file is replaced: a graph
        of somebody else cannot overwrite yours. What nodes only read, such as models, needs no permission.

    Attributes:
      max_queue_size: how many packets may wait at an input of a node; -1 for any number. A run takes what is
        set when it starts.
      waits_when_full: whether adding to a full graph waits until there is room, or raises QueueFullError.

    Raises:
      ConfigError: the graph is not fit to run; the text lists every problem with node and stream.
    """

    def __init__(
        self,
        graph_config: str | bytes | Message | Path | None = None,
        *,
        validated_graph: ValidatedGraph | None = None,
        graph_path: str | Path | Iterable[str | Path] = (),
        scheduler: str | None = None,
        num_threads: int | None = None,
        profile: bool = False,
        trace: bool = False,
        allow_graph_files: bool = False,
    ) -> None:
        if (graph_config is None) == (validated_graph is None):
            raise ValueError("give a graph as one of graph_config and validated_graph")
        if scheduler not in (None, "caller", "pool"):
            raise ValueError(f'scheduler is "caller", "pool" or None, not {scheduler!r}')
        if num_threads is not None and not (_is_whole(num_threads) and num_threads >= 0):
            raise ValueError(f"num_threads is {num_threads!r}; expected an int, 0 or more, or None")
        if graph_config is not None:
            folders = [graph_path] if isinstance(graph_path, str | Path) else graph_path
            if not isinstance(folders, Iterable):
                raise TypeError(f"graph_path is a folder or several, not {graph_path!r}")
            self._graph = ValidatedGraph(graph_config, [Path(folder) for folder in folders])
        elif isinstance(validated_graph, ValidatedGraph):
            self._graph = validated_graph
        else:
            raise TypeError(f"validated_graph is a ValidatedGraph, not a {type(validated_graph).__name__}")
        config = self._graph.config
        on_caller = runs_on_caller(config) if scheduler is None else scheduler == "caller"
        self._scheduler_kind = "caller" if on_caller else "pool"
        self._num_threads = config.num_threads if num_threads is None else num_threads
        self._max_queue_size = config.max_queue_size or _DEFAULT_QUEUE_SIZE
        self._trace = trace or config.profiler_config.trace_enabled
        self._profile = profile or self._trace or config.profiler_config.enable_profiler
        self._observers: list[Observer] = []
        self._run: Scheduler | None = None
        self._inputs: dict[str, GraphInput] = {}
        self._side_packets: dict[str, Any] = {}
        self._profiler = Profiler()
        self._services = ServiceObjects()
        self._allow_graph_files = allow_graph_files
        self.waits_when_full = True

    # ---- what the graph is ----------------------------------------------------------------------
    @property
    def validated_graph(self) -> ValidatedGraph:
        """The graph with its nodes, streams and types."""
        return self._graph

    @property
    def scheduler(self) -> str:
        """Where nodes run: "caller" or "pool"."""
        return self._scheduler_kind

    @property
    def max_queue_size(self) -> int:
        """How many packets may wait at an input of a node; -1 for any number."""
        return self._max_queue_size

    @max_queue_size.setter
    def max_queue_size(self, size: int) -> None:
        if not _is_whole(size) or size < -1:
            raise ValueError(f"max_queue_size is {size!r}; expected an int, -1 (any number) or more")
        self._max_queue_size = int(size)

    @property
    def is_running(self) -> bool:
        """Whether a run has begun and is not over."""
        return self._run is not None and not self._run.finished

    # ---- before the run -------------------------------------------------------------------------
    def observe_output_stream(
        self, stream_name: str, callback: Callable[[Packet], Any], observe_timestamp_bounds: bool = False
    ) -> None:
        """Calls `callback(packet)` for each packet of any stream of the graph, in order.

        The order of calls between two streams is unspecified for the same timestamp. An exception in the
        callback ends the run, as one in a calculator does.

        Args:
          stream_name: a stream of the graph; also one within it.
          callback: a function of a Packet.
          observe_timestamp_bounds: whether to call it also for timestamps that pass without a packet, with a
            packet whose value is None.

        Raises:
          GraphError: the graph is running.
          ConfigError: there is no such stream.
          TypeError: `callback` cannot be called.
        """
        if not callable(callback):
            raise TypeError(f"the callback is a {type(callback).__name__}; expected a function of a Packet")
        if self.is_running:
            raise GraphError("observe_output_stream: the graph is running; observe before start_run")
        if stream_name not in self._graph.producers:
            names = ", ".join(self._graph.producers)
            raise ConfigError(f'the graph has no stream "{stream_name}" to observe (it has: {names})')
        self._observers.append(Observer(stream_name, callback, observe_timestamp_bounds))

    def set_service_object(self, service: GraphService[Any], value: Any) -> None:
        """Sets the object of a graph service, which is made as the graph first starts otherwise.

        Raises:
          GraphError: the graph is running.
        """
        if self.is_running:
            raise GraphError("set_service_object: the graph is running; set services before start_run")
        self._services.set(service, value)

    def start_run(
        self, input_side_packets: Mapping[str, Any] | None = None, *, replaced: Collection[str] = ()
    ) -> None:
        """Opens all nodes.

        Args:
          input_side_packets: name of a side packet of the graph → its value (or a Packet of it).
          replaced: names of side packets whose files the graph may replace.

        Raises:
          ConfigError: a side packet is missing, unknown, or of the wrong type; or the graph names a file that
            it writes, or would replace one, see `allow_graph_files`.
          CalculatorError: a calculator's `open` failed; what was opened has been closed.
          GraphError: the graph is running already, or a service of a node is not available.
        """
        if self.is_running:
            raise GraphError("start_run: the graph is running already; wait_until_done() first")
        given = {} if input_side_packets is None else input_side_packets
        if not isinstance(given, Mapping):
            raise TypeError(f"input_side_packets is a dict, name → value, not a {type(given).__name__}")
        side_packets = {n: v.value if isinstance(v, Packet) else v for n, v in given.items()}
        self._graph.check_side_packets(side_packets)
        if not self._allow_graph_files:
            check_destinations(self._graph, side_packets, replaced)
        self._profiler = Profiler(self._trace)
        settings = RunSettings(
            self._scheduler_kind == "caller", self._num_threads, max(self.max_queue_size, 0)
        )
        profiler = self._profiler if self._profile else None
        run = build_run(self._graph, settings, self._observers, profiler)
        self._services.bind(run.nodes)
        self._run = run
        self._inputs = {graph_input.name: graph_input for graph_input in run.graph_inputs}
        self._side_packets = side_packets
        try:
            run.start(side_packets)
        except GraphError:
            run.is_raised = True
            run.join()
            raise

    # ---- during the run -------------------------------------------------------------------------
    def add_packet(self, stream_name: str, value: Any, timestamp_us: int) -> None:
        """Adds a value to a graph input, at a timestamp in microseconds.

        Waits while the graph has max_queue_size packets waiting (or raises QueueFullError, see
        `waits_when_full`).

        Raises:
          GraphError: the graph has no such input, the run is over, or a calculator failed
            (its CalculatorError).
          TypeError: no consumer can read such a value, or the timestamp is not an int.
          InputValueError: a consumer cannot use the value, such as a gray image.
          TimestampError: an earlier packet had this timestamp or a later one; the run goes on.
        """
        run = self._started("graph input")
        graph_input = self._input(stream_name)
        graph_input.check(value)
        if type(timestamp_us) is not int:
            timestamp_us = whole_microseconds(timestamp_us, f'graph input "{stream_name}"')
        if not run.feed(graph_input, Packet(value, timestamp_us), self.waits_when_full):
            raise QueueFullError(
                f'graph input "{stream_name}": {self.max_queue_size} packets are waiting already'
            )

    def set_input_stream_bound(self, stream_name: str, timestamp_us: int) -> None:
        """Promises that nothing before `timestamp_us` is added to an input any more."""
        run = self._started("graph input")
        graph_input = self._input(stream_name)
        run.set_input_bound(graph_input, whole_microseconds(timestamp_us, f'graph input "{stream_name}"'))

    def close_input_stream(self, stream_name: str) -> None:
        """Promises that nothing is added to an input any more."""
        run = self._started("graph input")
        run.set_input_bound(self._input(stream_name), DONE)

    def close_all_input_streams(self) -> None:
        """Closes every input of the graph. Its sources go on."""
        run = self._started("close_all_input_streams")
        for graph_input in self._inputs.values():
            run.set_input_bound(graph_input, DONE)

    def close_all_packet_sources(self) -> None:
        """Closes every input of the graph, and each of its sources as soon as its `process` has returned."""
        self._started("close_all_packet_sources").stop_sources()
        self.close_all_input_streams()

    def wait_until_idle(self) -> None:
        """Returns when every added packet has been processed. Raises the error of a failed calculator."""
        run = self._started("wait_until_idle")
        _refuse_inside(run, "wait_until_idle")
        run.wait_until_idle()
        if run.errors or run.cancelled:
            run.raise_errors()

    def wait_until_done(self) -> None:
        """Returns when all inputs are closed and everything has been processed, and all nodes closed.

        Raises:
          CalculatorError: a calculator failed.
          CancelledError: the run was cancelled.
          GraphError: an input is still open, and nodes run on this thread, so that nothing could close it.
        """
        run = self._started("wait_until_done")
        _refuse_inside(run, "wait_until_done")
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

    def close(self, *, finish: bool = True) -> None:
        """Closes all inputs and sources, waits until everything has been processed, and ends all threads.

        Does nothing if no run is in progress. Within a calculator or callback of the graph itself it does not
        wait.

        Args:
          finish: False cancels the run: what is under way is dropped, and nothing is raised.

        Raises:
          CalculatorError: a calculator failed, and no other call has raised that yet.
        """
        run = self._run
        if run is None:
            return
        try:
            if finish and not (run.finished or run.cancelled):
                self.close_all_packet_sources()
            elif not run.finished:
                run.cancel()
            if run.is_inside():
                return
            run.wait_until(lambda: False)
        except BaseException:
            if finish:
                self.close(finish=False)
            raise
        run.join()
        if finish and run.errors and not run.is_raised:
            run.raise_errors()

    def __enter__(self) -> "CalculatorGraph":
        return self

    def __exit__(self, error_type: type[BaseException] | None, *_: Any) -> None:
        """Closes the graph: finishes what is under way, or cancels it if the block raised an exception."""
        self.close(finish=error_type is None)

    def __del__(self) -> None:
        run = getattr(self, "_run", None)  # None, too, if the constructor failed
        if run is not None and not run.finished:
            run.forget()

    # ---- what came of it ------------------------------------------------------------------------
    @property
    def errors(self) -> list[BaseException]:
        """The errors of calculators and callbacks in the current or last run, the first one first."""
        return [] if self._run is None else list(self._run.errors)

    def describe_state(self) -> str:
        """Describes what the run is doing now, with a line for each graph input, node and stream.

        It is for a run that seems to hang: it shows queues, bounds, and what each node waits for. Any thread
        may call it, also while nodes run.
        """
        run = self._run
        if run is None:
            return "the graph has not been started"
        has_lock = run.lock.acquire(timeout=_REPORT_SECONDS)
        try:
            if has_lock:
                run.catch_up()
            report = run.describe_state()
        finally:
            if has_lock:
                run.lock.release()
        return report if has_lock else f"{report}\n(read while the run went on)"

    def side_packet(self, name: str) -> Any:
        """The value of a side packet, given or made by a node in `open`. KeyError if there is none."""
        return self._side_packets[name]

    def service_object(self, service: GraphService[T]) -> T:
        """The object of a graph service, set by the program or made for a node. KeyError if there is none."""
        return self._services.get(service)

    def profile(self) -> list[NodeProfile]:
        """Per-node figures of the current or last run; empty unless the graph was made with `profile`."""
        return self._profiler.profile()

    def write_trace(self, path: str | Path) -> None:
        """Writes the calls of the run as Chrome trace JSON. Raises GraphError without `trace`."""
        if not self._trace:
            raise GraphError("write_trace: make the graph with trace=True")
        self._profiler.write_chrome_trace(path)

    # ---- inside ---------------------------------------------------------------------------------
    def _started(self, what: str) -> Scheduler:
        if self._run is None:
            raise GraphError(f"{what}: the graph has not been started (start_run)")
        return self._run

    def _input(self, name: str) -> GraphInput:
        if name not in self._inputs:
            raise GraphError(
                f'the graph has no input stream "{name}" (it has: {", ".join(self._inputs) or "none"})'
            )
        return self._inputs[name]


def _is_whole(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _refuse_inside(run: Scheduler, what: str) -> None:
    if run.is_inside():
        raise GraphError(
            f"{what}: a calculator or callback cannot wait for the graph that waits for it to return"
        )
