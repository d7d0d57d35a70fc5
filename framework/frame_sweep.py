"""FrameSweep: runs a graph of frames in one pass, if every node of the graph answers at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from attention_mesh.framework.bound_ports import BoundInput
from attention_mesh.framework.input_stream_handlers import PROCESS
from attention_mesh.framework.input_stream_handlers.loopback_input_handler import LoopbackInputHandler
from attention_mesh.framework.packet import Packet
from attention_mesh.framework.runtime_node import GraphInput, RuntimeNode
from attention_mesh.framework.streams import OPEN, RunBound, StreamStart
from attention_mesh.framework.timestamps import PRE_STREAM


@dataclass(frozen=True)
class Outcome:
    """How a sweep has ended.

    Attributes:
      node: the node that ran last, with which the scheduler goes on in its own way. None if the sweep went
        through, or the run was cancelled.
      is_given_up: whether that node did what no sweep can carry on. It is likely to do so again.
    """

    node: RuntimeNode | None = None
    is_given_up: bool = False


_THROUGH = Outcome()


class FrameSweep:
    """One packet in, every node once: those that got a packet, in the order of the graph.

    In many graphs one stream comes in, and every node takes all packets of a timestamp together and has
    nothing more to say before the next. Such a graph needs no queues and no bounds per frame, and nothing
    that finds out which node is next: once the nodes before a node have run, its inputs are settled. Packets
    go straight to the ports of those who read them.

    Whatever does not go that way (a packet of another timestamp, a bound that a calculator moves ahead, a
    packet added meanwhile) ends the sweep. `leave` then brings queues and bounds to where they would be
    without it, and the scheduler goes on from there.

    Attributes:
      input: the stream that comes in.
      is_on: whether the next packet takes a sweep. Queues and bounds may then lie behind what was done.
      is_cancelled: whether the run is to end.
    """

    def __init__(self, nodes: list[RuntimeNode], graph_input: GraphInput, run_bound: RunBound) -> None:
        """For nodes that `can_sweep`; `run_bound` is what their streams share."""
        self.input = graph_input
        self.is_on = False
        self.is_cancelled = False
        self._run_bound = run_bound
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
        self._loops = [
            (stream, node.handler)
            for node in step_of
            if isinstance(node.handler, LoopbackInputHandler)
            for stream in node.streams
            if stream.back_edge
        ]

    def can_go_on(self) -> bool:
        """Whether the run, which is idle, is in a state that sweeps can go on from."""
        self._reached = self._after = self.input.output.bound
        return all(node.state != OPEN for node in self._sources) and all(
            step.node.state == OPEN
            and not any(stream.queue and not stream.back_edge for stream in step.node.streams)
            for step in self._steps
        )

    def run(self, execute: Callable[[RuntimeNode, int], None]) -> Outcome:
        """Sends the packet that the input holds through the graph.

        Args:
          execute: runs what a node can do; what it raises ends the sweep.

        Raises what a calculator or an observer raises.
        """
        start = self.input.output
        packet, start.pending = start.pending[0], []
        timestamp = packet.timestamp
        reached, after = self._reached, timestamp + 1
        self._after = self._run_bound.timestamp = after
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
            execute(node, PROCESS)
            if node.stopped:
                return Outcome(node, is_given_up=True)
            for output, targets in step.outputs:
                # Calculators and observers may have caught up: with a look at the state, or a packet.
                if not self.is_on:
                    return Outcome(node)
                pending, bound = output.pending, output.bound
                is_ahead = bound > after and bound != output.propagated
                if is_ahead or (pending and pending[0].timestamp != timestamp):
                    return Outcome(node, is_given_up=True)
                if pending:
                    output.pending = []
                    _hand_on(pending[0], targets)
                    for observer in output.observers:
                        observer(pending)
            if not self.is_on:
                return Outcome(node)
            if self.is_cancelled:
                return _THROUGH
        self._reached = after
        self._at = len(self._steps)
        for stream, handler in self._loops:
            stream.bound = max(stream.bound, after)
            handler.drop_unwanted(after)
        return _THROUGH

    def leave(self) -> list[RuntimeNode]:
        """Ends the sweeps, between two or within one, for the scheduler to go on in its own way.

        Queues and bounds are brought to where they would be without sweeps.

        Returns:
          The nodes that have yet to run, if it is within a sweep. They become candidates.
        """
        self.is_on = False
        self._run_bound.timestamp = PRE_STREAM
        _raise_bound(self.input.output, self._after)
        left = []
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
                left.append(step.node)
        for _, loopback in self._loops:
            loopback.drop_unwanted(loopback.main.bound)
        self._at = len(self._steps)
        return left

    def _give_back(self, step: _Step) -> None:
        """Puts the packets that a node was to take next into its queues."""
        if step.is_due and not step.is_loopback:
            for stream in step.node.streams:
                packet = stream.port.packet
                if packet is not None and packet.timestamp == self._after - 1:
                    stream.queue.appendleft(packet)
        step.is_due = False


class _Step:
    """A node in a sweep.

    Attributes:
      ports: its inputs.
      outputs: each with those who read it.
      is_due: whether it has got a packet.
    """

    __slots__ = ("node", "ports", "outputs", "is_due", "is_loopback")

    def __init__(self, node: RuntimeNode) -> None:
        self.node = node
        self.ports = [stream.port for stream in node.streams]
        self.outputs: list[tuple[StreamStart[RuntimeNode], list[_Target]]] = []
        self.is_due = False
        self.is_loopback = isinstance(node.handler, LoopbackInputHandler)


_Target: TypeAlias = "tuple[deque[Packet] | None, BoundInput, _Step | None]"
"""A reader: its queue (None if packets go to the port at once), its port, and the step they make due."""


def can_sweep(nodes: list[RuntimeNode], graph_inputs: list[GraphInput]) -> bool:
    """Whether a graph is one for sweeps: one input, and no node that waits, stays behind or goes ahead."""
    if len(graph_inputs) != 1 or graph_inputs[0].output.observers:
        return False
    place = {node: index for index, node in enumerate(nodes)}
    return all(_fits(node, place) for node in nodes)


def _fits(node: RuntimeNode, place: dict[RuntimeNode, int]) -> bool:
    if node.is_source:
        return not node.outputs
    handler = node.handler
    loop = None
    if isinstance(handler, LoopbackInputHandler) and node.offset == 0 and not handler.process_bounds:
        loop = handler.loop
    if not (node.hands_bounds_on or loop):
        return False
    if [stream for stream in node.streams if stream.back_edge] != ([loop] if loop else []):
        return False
    return all(
        place[stream.node] > place[node] or stream.back_edge
        for output in node.outputs
        for stream in output.mirrors
    )


def _targets(output: StreamStart[RuntimeNode], step_of: dict[RuntimeNode, _Step]) -> list[_Target]:
    targets: list[_Target] = []
    for stream in output.mirrors:
        step = step_of[stream.node]
        queue = stream.queue if step.is_loopback else None
        targets.append((queue, stream.port, None if stream.back_edge else step))
    return targets


def _hand_on(packet: Packet, targets: list[_Target]) -> None:
    for queue, port, step in targets:
        if queue is None:
            port.packet = packet
        else:
            queue.append(packet)
        if step is not None:
            step.is_due = True


def _raise_bound(output: StreamStart[RuntimeNode], bound: int) -> None:
    """Lets an output and those who read it know that nothing before `bound` comes any more."""
    output.bound = max(output.bound, bound)
    output.propagated = max(output.propagated, bound)
    if output.region is not None:
        output.region.quiet = False
    for stream in output.mirrors:
        stream.bound = max(stream.bound, bound)
