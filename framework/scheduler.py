"""Scheduler: the common base of both schedulers, which decides what runs next and when a run is over."""

import heapq
from collections.abc import Callable
from typing import Any

from attention_mesh.forks import tell_forked_process
from attention_mesh.framework.errors import GraphError
from attention_mesh.framework.input_stream_handlers import CLOSE, PROCESS
from attention_mesh.framework.node_opening import NodeOpening
from attention_mesh.framework.packet import Packet
from attention_mesh.framework.program_end import end_with_program
from attention_mesh.framework.run_state import RunState
from attention_mesh.framework.runtime_node import GraphInput, RuntimeNode
from attention_mesh.framework.state_report import deadlock_report
from attention_mesh.framework.streams import CLOSED, OPEN, Feed, InputStream, RunBound
from attention_mesh.framework.timestamps import DONE, UNSET, shifted

ReadyHeap = list[tuple[int, RuntimeNode]]


class Scheduler(RunState):
    """Runs the nodes of one run. Downstream nodes go first, sources last, lower source layers earlier.

    A subclass says on which thread nodes run, and how others wait.
    """

    def __init__(
        self, nodes: list[RuntimeNode], graph_inputs: list[GraphInput], report_deadlock: bool
    ) -> None:
        super().__init__(nodes, graph_inputs)
        self.sources = [node for node in nodes if node.is_source]
        self.report_deadlock = report_deadlock
        self.run_bound = RunBound()
        self.opening = NodeOpening(nodes, self.flush, self.push, self.fail)
        self.source_layer = min((n.contract.source_layer for n in nodes if n.is_source), default=0)
        for index, node in enumerate(nodes):
            node.key = (1 + node.contract.source_layer) * len(nodes) + index if node.is_source else -index
            node.queue = self.queue_of(node)
            for stream in node.streams:
                stream.run_bound, stream.resume = self.run_bound, self.resume

    def queue_of(self, node: RuntimeNode) -> ReadyHeap:
        """The ready heap of the executor that the node belongs to."""
        raise NotImplementedError

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Lets the run go on until `condition()` holds."""
        raise NotImplementedError

    def wait_until_idle(self) -> None:
        """Lets the run go on until nothing is left to do, for now or for good."""
        raise NotImplementedError

    def join(self) -> None:
        """Waits for the threads to end; call it after the run has finished or was cancelled."""

    def is_inside(self) -> bool:
        """Whether the calling thread is one that runs a calculator of this graph now. Takes no lock."""
        raise NotImplementedError

    def catch_up(self) -> None:
        """Brings the queues and bounds of all streams to where they should be, if they are not. Lock held."""

    def start(self, side_packets: dict[str, Any]) -> None:
        """Opens the nodes in order, hands on side packets, and makes the sources ready.

        Args:
          side_packets: name → value of those the caller gives; the nodes' own are added.
        """
        end_with_program(self)
        tell_forked_process(self)
        with self.lock:
            try:
                self.opening.open_all(side_packets)
            except GraphError as error:
                self.fail(error)
                raise
            except BaseException:
                self.cancel()
                raise
            for node in self.nodes:
                if node.streams or node.contract.source_layer == self.source_layer:
                    self.push(node)
            self.wake()

    def push(self, node: RuntimeNode) -> None:
        """Makes a node a candidate. `take` finds out whether it can run."""
        if not node.queued and node.state == OPEN:
            node.queued = True
            if not node.running:
                heapq.heappush(node.queue, (node.key, node))

    def take(self, queue: ReadyHeap) -> tuple[RuntimeNode, int] | None:
        """Takes the next node that can run from a heap, with its action; passes on bounds of the others."""
        while queue and not self.cancelled:
            node = heapq.heappop(queue)[1]
            node.queued = False
            if node.state != OPEN:
                continue
            if node.is_source:
                if node.contract.source_layer == self.source_layer:
                    if node.stopped or self.stopping:
                        return node, CLOSE
                    if not node.throttled:
                        return node, PROCESS
                continue
            try:
                action = CLOSE if node.stopped else node.poll()
            except Exception as error:
                self.fail(node.handler_error(error))
                return None
            if action:
                return node, action
            if node.offset is not None:
                self.advance(node, shifted(node.handler.settled, node.offset))
        return None

    def finish(self, node: RuntimeNode, action: int) -> None:
        """After the node's action: sends the outputs on and sees whether the node can go on. Lock held."""
        if self.opening.waiting:
            self.opening.open_waiting(node)
        if action == CLOSE:
            for output in node.outputs:
                output.bound = DONE
            self.flush(node)
            for stream in node.streams:
                stream.close()
            for region in node.regions:
                region.quiet = False
            if node.is_source:
                self._next_layer()
            return
        if (offset := node.offset) is not None:
            settled = shifted(node.handler.settled, offset) if offset else node.handler.settled
            for output in node.outputs:
                if settled > output.bound:
                    output.bound = settled
        self.flush(node)
        if node.is_source:
            node.calculator.timestamp = UNSET
            self.push(node)
        elif node.stopped:
            node.stopped = False
            self.stop_sources()
            self.push(node)
        elif node.handler.may_have_more(node.calculator.timestamp):
            self.push(node)

    def flush(self, node: RuntimeNode | GraphInput) -> None:
        """Moves what a node has sent, and its new bounds, into the queues of its consumers."""
        for output in node.outputs:
            pending, bound = output.pending, output.bound
            if pending:
                output.pending = []
                for observer in output.observers:
                    observer(pending)
                if output.region is not None:
                    output.region.quiet = False
                for stream in output.mirrors:
                    queue = stream.queue
                    queue.extend(pending)
                    stream.bound = bound
                    if stream.limit and len(queue) >= stream.limit:
                        stream.hold_back()
                    consumer = stream.node
                    if not consumer.queued and consumer.handler.blocker in (None, stream):
                        self.push(consumer)
            elif bound != output.propagated:
                region = output.region
                if region is not None and bound != DONE and region.is_quiet():
                    self._pass_bound(region.exits, bound)
                else:
                    self._pass_bound(output.mirrors, bound)
            output.propagated = bound

    def _pass_bound(self, streams: tuple[InputStream[RuntimeNode], ...], bound: int) -> None:
        """Raises the bounds of streams, and of the streams behind nodes that only hand bounds on.

        Other readers become candidates, unless they wait for another of their streams.
        """
        waiting = [(stream, bound) for stream in streams]
        while waiting:
            stream, bound = waiting.pop()
            if bound <= stream.bound:
                continue
            stream.bound = bound
            node = stream.node
            handler = node.handler
            if node.queued or handler.blocker not in (None, stream):
                continue
            if not node.hands_bounds_on or node.running or node.state != OPEN or bound == DONE:
                self.push(node)
                continue
            slowest, settled = stream, bound
            for other in node.streams:
                if other.queue:
                    self.push(node)
                    break
                if other.bound < settled:
                    slowest, settled = other, other.bound
            else:
                handler.settled, handler.blocker = settled, slowest
                for output in node.outputs:
                    if settled > output.bound:
                        output.bound = output.propagated = settled
                        waiting.extend([(mirror, settled) for mirror in output.mirrors])

    def advance(self, node: RuntimeNode | GraphInput, bound: int) -> None:
        """Raises the bounds of all outputs of a node, without running it."""
        for output in node.outputs:
            if bound > output.bound:
                output.bound = bound
        self.flush(node)

    def stop_sources(self) -> None:
        """Lets no source run again and closes each in its layer's turn. Packets under way are processed."""
        self.stopping = True
        with self.lock:
            self.close_sources()
            self.wake()

    def close_sources(self) -> bool:
        """Once sources are stopped, makes those of the current layer ready to be closed. Lock held."""
        layer = [n for n in self.sources if n.contract.source_layer == self.source_layer and n.state == OPEN]
        for node in layer if self.stopping else ():
            self.push(node)
        return self.stopping and bool(layer)

    def _next_layer(self) -> None:
        layers = [node.contract.source_layer for node in self.sources if node.state != CLOSED]
        if layers and min(layers) > self.source_layer:
            self.source_layer = min(layers)
            for node in self.sources:
                if node.contract.source_layer == self.source_layer:
                    self.push(node)

    def resume(self, feed: Feed) -> None:
        """A source or graph input is no longer held back."""
        if isinstance(feed, RuntimeNode):
            self.push(feed)
        self.wake()

    def release(self, node: RuntimeNode) -> None:
        """The node has returned from its calculator; it is a candidate if it became one meanwhile."""
        node.running = False
        if node.queued:
            heapq.heappush(node.queue, (node.key, node))

    def settle(self) -> bool:
        """Called if nothing is ready or running, lock held. Returns whether that made something ready.

        It resolves a deadlock of full queues. Once all graph inputs and sources are closed, nothing new can
        come. A node that is not closed waits for its own back edge, or for a packet or side packet that never
        comes. The first such node is closed, then the next; the run ends with the last.
        """
        if self.finished or self.running:
            return False
        if self.cancelled:
            self._close_rest()
            return False
        if self.stopping and self.close_sources():
            return True
        if (self.sources or self.waiting_feeds) and self._resolve_deadlock():
            return True
        for feed in self.graph_inputs:
            if feed.output.bound != DONE:
                return False
        still_open = [node for node in self.nodes if node.state == OPEN]
        if any(node.is_source for node in still_open):
            return False
        if self.opening.waiting:
            self.finish(self.opening.give_up(), CLOSE)
            return True
        if still_open:
            still_open[0].stopped = True
            self.push(still_open[0])
            return True
        self.finished = True
        return False

    def _resolve_deadlock(self) -> bool:
        """Grows the queues that hold a feed back by one, or fails, as the graph's report_deadlock says."""
        if not self.waiting_feeds and not any(n.state == OPEN and n.throttled for n in self.sources):
            return False
        full = [stream for node in self.nodes for stream in node.streams if stream.is_full]
        if not full:
            return False
        if self.report_deadlock:
            self.fail(GraphError(deadlock_report(self.nodes)))
            return False
        for stream in full:
            stream.limit = len(stream.queue) + 1
            stream.release()
        return True

    def feed(self, graph_input: GraphInput, packet: Packet, wait: bool) -> bool:
        """Adds a packet to a graph input; False if its queues are full and `wait` is not set.

        A calculator that adds a packet to its own graph never waits: it could be waiting for itself.
        """
        with self.lock:
            if graph_input.throttled and not wait:
                return False
            if graph_input.throttled and not self.is_inside():
                self.waiting_feeds += 1
                try:
                    self.wait_until(lambda: not graph_input.throttled or self.finished)
                finally:
                    self.waiting_feeds -= 1
            if self.finished or self.cancelled:
                self.raise_errors()
                raise GraphError(
                    f'graph input "{graph_input.name}": the run is over; start it again with start_run'
                )
            graph_input.output.send(packet.value, packet.timestamp)
            self.flush(graph_input)
            self.wake()
        return True

    def set_input_bound(self, graph_input: GraphInput, bound: int) -> None:
        """Promises that nothing before `bound` is added; DONE closes the input."""
        with self.lock:
            self.advance(graph_input, min(bound, DONE))
            self.wake()
