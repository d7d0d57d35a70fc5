"""Running a graph of frames in one pass, for graphs in which every node answers at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attention_mesh.framework.graph_input import GraphInput
from attention_mesh.framework.input_handlers import PROCESS
from attention_mesh.framework.input_stream_handlers.loopback_input_handler import LoopbackInputHandler
from attention_mesh.framework.packet import Packet
from attention_mesh.framework.runtime_node import OPEN, RuntimeNode
from attention_mesh.framework.timestamps import PRE_STREAM

if TYPE_CHECKING:
    from attention_mesh.framework.caller_scheduler import CallerScheduler


class FrameSweep:
    """One packet in, every node once: those that got a packet, in the order of the graph.

    In many graphs one stream comes in, and every node takes all packets of a timestamp together and has
    nothing more to say before the next. There a frame needs no queues, no bounds, and nothing that finds out
    which node is next: once the nodes before a node have had their turn, its inputs are settled. Packets go
    straight to the ports of those who read them.

    Whatever does not go that way (a packet of another timestamp, a bound that a calculator moves ahead, a
    packet added meanwhile) ends it: `leave` brings queues and bounds to where they would be without it, and
    the scheduler goes on from there.

    Attributes:
      input: the stream that comes in.
    """

    def __init__(self, nodes: list[RuntimeNode], graph_input: GraphInput):
        """For nodes that `can_sweep`."""
        self.input = graph_input
        # What bounds are, though streams may not show it: before a sweep, and where it has been.
        self._reached = self._after = graph_input.output.bound
        self._sources = [node for node in nodes if node.is_source]
        self._steps = [_Step(node) for node in nodes if not node.is_source]
        # The step under way; between two sweeps all are done.
        self._at = len(self._steps)
        step_of = {step.node: step for step in self._steps}
        for step in self._steps:
            step.outputs = [(output, _targets(output, step_of)) for output in step.node.outputs]
        self._entry = _targets(graph_input.output, step_of)
        self._loops = [stream for node in step_of for stream in node.streams if stream.back_edge]

    def can_go_on(self) -> bool:
        """Whether the run, which is idle, is in a state that sweeps can go on from."""
        self._reached = self._after = self.input.output.bound
        return all(node.state != OPEN for node in self._sources) and all(
            step.node.state == OPEN
            and not any(stream.queue and not stream.back_edge for stream in step.node.streams)
            for step in self._steps
        )

    def run(self, scheduler: CallerScheduler) -> RuntimeNode | None:
        """Sends the packet that the input holds through the graph.

        Returns None, or the node whose `process` has run, but after which the scheduler has to go on in its
        own way. Raises what a calculator or an observer raises.
        """
        output = self.input.output
        packet, output.pending = output.pending[0], []
        timestamp = packet.timestamp
        reached, after = self._reached, timestamp + 1
        self._after = scheduler.swept = after
        _hand_on(packet, self._entry)
        for at, step in enumerate(self._steps):
            if not step.is_due:
                continue
            step.is_due = False
            self._at = at
            node = step.node
            if step.is_loopback:
                node.poll()
            else:
                for port in step.ports:
                    last = port.packet
                    if last is not None and last.timestamp != timestamp:
                        port.packet = None
                node.calculator.timestamp = timestamp
            for output, _ in step.outputs:
                if output.bound < reached:
                    output.bound = reached
            scheduler.execute(node, PROCESS)
            if node.stopped:
                return self._give_up(scheduler, node)
            for output, targets in step.outputs:
                # Calculators and observers may have caught up: with a look at the state, or a packet.
                if not scheduler.is_steady:
                    return node
                pending, bound = output.pending, output.bound
                is_ahead = bound > after and bound != output.propagated
                if is_ahead or (pending and pending[0].timestamp != timestamp):
                    return self._give_up(scheduler, node)
                if pending:
                    output.pending = []
                    _hand_on(pending[0], targets)
                    for observer in output.observers:
                        observer(pending)
            if not scheduler.is_steady:
                return node
            if scheduler.cancelled:
                return None
        self._reached = after
        self._at = len(self._steps)
        for stream in self._loops:
            stream.bound = max(stream.bound, after)
            stream.node.handler.drop_unwanted(after)
        return None

    def _give_up(self, scheduler: CallerScheduler, node: RuntimeNode) -> RuntimeNode:
        """A node that went another way once is likely to do so again: no more sweeps in this run."""
        scheduler.catch_up()
        scheduler.sweep = None
        return node

    def leave(self, scheduler: CallerScheduler) -> None:
        """Brings queues and bounds to where they would be without sweeps; called between two, or in one."""
        scheduler.swept = PRE_STREAM
        _raise_bound(self.input.output, self._after)
        for at, step in enumerate(self._steps):
            handler = step.node.handler
            handler.blocker = None  # not looked at since; None is never wrong
            handler.settled = max(handler.settled, self._after if at <= self._at else self._reached)
            for output in step.node.outputs:
                _raise_bound(output, self._after if at < self._at else self._reached)
            if at == self._at:
                step.node.running = True
            elif at > self._at:
                self._give_back(step)
                scheduler.push(step.node)
        for stream in self._loops:
            handler = stream.node.handler
            handler.drop_unwanted(handler.main.bound)
        self._at = len(self._steps)

    def _give_back(self, step: _Step) -> None:
        """Puts the packets that a node was to take next into its queues."""
        if step.is_due and not step.is_loopback:
            for port in step.ports:
                if port.packet is not None and port.packet.timestamp == self._after - 1:
                    port.stream.queue.appendleft(port.packet)
        step.is_due = False


class _Step:
    """A node in a sweep.

    Attributes:
      ports: its inputs.
      outputs: each with those who read it.
      is_due: whether it has got a packet.
    """

    __slots__ = ("node", "ports", "outputs", "is_due", "is_loopback")

    def __init__(self, node: RuntimeNode):
        self.node = node
        self.ports = [stream.port for stream in node.streams]
        self.outputs: list[tuple[Any, list]] = []
        self.is_due = False
        self.is_loopback = isinstance(node.handler, LoopbackInputHandler)


def can_sweep(nodes: list[RuntimeNode], graph_inputs: list[GraphInput]) -> bool:
    """Whether a graph is one for sweeps: one input, and no node that waits, stays behind or goes ahead."""
    if len(graph_inputs) != 1 or graph_inputs[0].output.observers:
        return False
    place = {node: index for index, node in enumerate(nodes)}
    return all(_fits(node, place) for node in nodes)


def _fits(node: RuntimeNode, place: dict[RuntimeNode, int]) -> bool:
    if node.is_source:
        return not node.outputs
    is_loopback = (
        isinstance(node.handler, LoopbackInputHandler)
        and node.offset == 0
        and not node.handler.process_bounds
    )
    if not (node.hands_bounds_on or is_loopback):
        return False
    back_edges = [node.handler.loop] if is_loopback else []
    if [stream for stream in node.streams if stream.back_edge] != back_edges:
        return False
    return all(
        place[stream.node] > place[node] or stream.back_edge
        for output in node.outputs
        for stream in output.mirrors
    )


def _targets(output: Any, step_of: dict[RuntimeNode, _Step]) -> list[tuple]:
    """Who reads an output: the queue (None where packets go to the port at once), the port, the node."""
    targets = []
    for stream in output.mirrors:
        step = step_of[stream.node]
        queue = stream.queue if step.is_loopback else None
        targets.append((queue, stream.port, None if stream.back_edge else step))
    return targets


def _hand_on(packet: Packet, targets: list[tuple]) -> None:
    for queue, port, step in targets:
        if queue is None:
            port.packet = packet
        else:
            queue.append(packet)
        if step is not None:
            step.is_due = True


def _raise_bound(output: Any, bound: int) -> None:
    """Lets an output and those who read it know that nothing before `bound` comes any more."""
    output.bound = max(output.bound, bound)
    output.propagated = max(output.propagated, bound)
    if output.region is not None:
        output.region.quiet = False
    for stream in output.mirrors:
        stream.bound = max(stream.bound, bound)
