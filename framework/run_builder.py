"""Builds a run of a graph: its nodes, the streams between them, and the scheduler that runs them."""

from collections.abc import Sequence
from dataclasses import dataclass

from attention_mesh.framework.caller_scheduler import CallerScheduler
from attention_mesh.framework.observers import CallbackCalculator, Observer, StreamObserver, observer_node
from attention_mesh.framework.pool_scheduler import PoolScheduler
from attention_mesh.framework.profiler import Profiler
from attention_mesh.framework.runtime_node import GraphInput, RuntimeNode
from attention_mesh.framework.scheduler import Scheduler
from attention_mesh.framework.streams import Feed, InputStream, QuietRegion, StreamStart
from attention_mesh.framework.topology import reachable
from attention_mesh.framework.validated_graph import ValidatedGraph

_WORTHWHILE = 3
"""Nodes of the smallest region whose bounds are worth holding back."""

_LARGEST_REGION = 200
"""Nodes. Without an end, the regions along a chain of n nodes would have n² nodes altogether."""


@dataclass(frozen=True)
class RunSettings:
    """How a graph is to run.

    Attributes:
      on_caller: whether nodes run on the thread that waits, not on a pool of threads.
      num_threads: threads of the default executor's pool, if the graph does not declare one; 0 for as many
        as useful. Any other number also overrides what the graph declares.
      queue_limit: how many packets may wait at an input; 0 for any number.
    """

    on_caller: bool
    num_threads: int
    queue_limit: int


def build_run(
    graph: ValidatedGraph, settings: RunSettings, observers: Sequence[Observer], profiler: Profiler | None
) -> Scheduler:
    """A run that has not been started.

    Args:
      graph: what runs.
      settings: where and how it runs.
      observers: callbacks on its streams, in the order in which they were asked for.
      profiler: collects the calls of every node of the graph; None to collect none.
    """
    called_at_once = [observer for observer in observers if _needs_no_node(observer, graph, settings)]
    others = [observer for observer in observers if observer not in called_at_once]
    nodes = [RuntimeNode(node, settings.queue_limit) for node in graph.nodes]
    if profiler is not None:
        for node in nodes:
            node.stats = profiler.watch(node.name, node.contract.calculator.__name__)
    nodes += [_observing_node(observer, settings) for observer in others]
    for output in (output for node in nodes for output in node.outputs):
        output.observers = tuple(
            StreamObserver(observer) for observer in called_at_once if observer.stream_name == output.name
        )
    names = [entry.name for entry in graph.inputs]
    inputs = [GraphInput(name, graph.input_types(name), graph.input_checks(name)) for name in names]
    connect(nodes, inputs)
    report_deadlock = graph.config.report_deadlock
    if settings.on_caller:
        return CallerScheduler(nodes, inputs, report_deadlock)
    executors = dict(graph.executors)
    if "" not in executors or settings.num_threads:
        executors[""] = settings.num_threads
    return PoolScheduler(nodes, inputs, report_deadlock, executors=executors)


def connect(nodes: list[RuntimeNode], inputs: list[GraphInput]) -> None:
    """Ties outputs to the queues they feed, and each queue to the sources and inputs it holds back."""
    consumers: dict[str, list[InputStream[RuntimeNode]]] = {}
    for node in nodes:
        for stream in node.streams:
            consumers.setdefault(stream.name, []).append(stream)
    feeds: list[GraphInput | RuntimeNode] = [*inputs, *nodes]
    position = {id(feed): index for index, feed in enumerate(feeds)}
    successors: list[set[int]] = [set() for _ in feeds]
    for index, feed in enumerate(feeds):
        for output in feed.outputs:
            output.mirrors = tuple(consumers.get(output.name, ()))
            successors[index].update(position[id(stream.node)] for stream in output.mirrors)
            for stream in output.mirrors:
                stream.producer = output
    for feed in feeds:
        for output in feed.outputs:
            region = find_region(output)
            output.region = region
            if region is not None:
                for node in region.nodes:
                    node.regions.append(region)
    # One list for all the streams behind a node, of which there may be thousands.
    behind: list[list[Feed]] = [[] for _ in feeds]
    for index, feed in enumerate(feeds):
        if isinstance(feed, GraphInput) or feed.is_source:
            for place in reachable(index, successors):
                behind[place].append(feed)
    for feed, its_feeds in zip(feeds, behind, strict=True):
        for output in feed.outputs:
            for stream in output.mirrors:
                if not stream.back_edge:
                    stream.feeds = its_feeds


def find_region(output: StreamStart[RuntimeNode]) -> QuietRegion[RuntimeNode] | None:
    """The quiet region behind an output; None if it is too small to gain anything.

    Args:
      output: of a node or a graph input, with its readers connected.
    """
    inside: list[RuntimeNode] = []
    missing: dict[int, int] = {}  # by node: its streams that no port of the region feeds
    ports = [output]
    for port in ports:  # which grows
        for stream in port.mirrors:
            node = stream.node
            if not node.hands_bounds_on or stream.back_edge:
                continue
            left = missing[id(node)] = missing.get(id(node), len(node.streams)) - 1
            if left == 0 and len(inside) < _LARGEST_REGION:
                inside.append(node)
                ports.extend(node.outputs)
    if len(inside) < _WORTHWHILE:
        return None
    members = {id(node) for node in inside}
    exits = tuple(stream for port in ports for stream in port.mirrors if id(stream.node) not in members)
    return QuietRegion(inside, exits)


def _needs_no_node(observer: Observer, graph: ValidatedGraph, settings: RunSettings) -> bool:
    """Whether a callback is called at once: for packets of a node's output, on the caller's thread."""
    producer = graph.producers[observer.stream_name]
    return settings.on_caller and not observer.sees_bounds and producer is not None


def _observing_node(observer: Observer, settings: RunSettings) -> RuntimeNode:
    node = RuntimeNode(observer_node(observer), settings.queue_limit)
    assert isinstance(node.calculator, CallbackCalculator)
    node.calculator.callback = observer.callback
    node.calculator.process_bounds = node.handler.process_bounds = observer.sees_bounds
    return node
