"""CallerScheduler: runs the graph on the thread that waits for it, in one order, without hand-overs."""

import threading
import time
from collections.abc import Callable

from attention_mesh.forks import free_lock
from attention_mesh.framework.frame_sweep import FrameSweep, can_sweep
from attention_mesh.framework.input_stream_handlers import PROCESS
from attention_mesh.framework.packet import Packet
from attention_mesh.framework.runtime_node import GraphInput, RuntimeNode
from attention_mesh.framework.scheduler import ReadyHeap, Scheduler


class CallerScheduler(Scheduler):
    """Nodes run inside `wait_until`, on its caller's thread; executors that the graph names are ignored.

    Several threads may add packets and wait; while one runs the graph the others wait for it.
    """

    def __init__(
        self, nodes: list[RuntimeNode], graph_inputs: list[GraphInput], report_deadlock: bool
    ) -> None:
        self.queue: ReadyHeap = []
        self.runner = 0
        super().__init__(nodes, graph_inputs, report_deadlock)
        can = can_sweep(nodes, graph_inputs)
        self.sweep = FrameSweep(nodes, graph_inputs[0], self.run_bound) if can else None

    def queue_of(self, node: RuntimeNode) -> ReadyHeap:
        return self.queue

    def is_inside(self) -> bool:
        return self.running > 0 and self.runner == threading.get_ident()

    def wait_until(self, condition: Callable[[], bool]) -> None:
        try:
            with self.lock:
                self._run(condition)
        except BaseException:
            # Ctrl-C, in a calculator or while another thread runs the graph.
            self.cancel()
            raise

    def wait_until_idle(self) -> None:
        self.wait_until(lambda: False)

    def stop_sources(self) -> None:
        self.stopping = True
        # Whoever runs the graph holds the lock, and sees for itself that sources are stopped.
        if self.lock.acquire(blocking=False):
            try:
                self.close_sources()
            finally:
                self.lock.release()

    def feed(self, graph_input: GraphInput, packet: Packet, wait: bool) -> bool:
        with self.lock:
            output, sweep = graph_input.output, self.sweep
            is_on = sweep is not None and sweep.is_on
            if is_on and not (self.running or self.cancelled or output.pending):
                output.send(packet.value, packet.timestamp)
                if output.bound != packet.timestamp + 1:
                    self.catch_up()
                return True
            self.catch_up()
            return super().feed(graph_input, packet, wait)

    def set_input_bound(self, graph_input: GraphInput, bound: int) -> None:
        with self.lock:
            self.catch_up()
            super().set_input_bound(graph_input, bound)

    def catch_up(self) -> None:
        sweep = self.sweep
        if sweep is not None and sweep.is_on:
            for node in sweep.leave():
                self.push(node)
            self.flush(sweep.input)

    def cancel(self) -> None:
        if self.sweep is not None:
            self.sweep.is_cancelled = True
        super().cancel()

    def leave_to_parent(self) -> None:
        """Goes on in a forked process, unless another thread ran the graph as the process was forked."""
        if free_lock(self.lock) and not self.finished:
            self._be_over()

    def request_end(self) -> None:
        """Does nothing: a thread of the program that runs the graph now may finish its frame."""

    def await_end(self, deadline: float) -> None:
        """Ends the run between two frames, or in one that lasts. The lock stays taken.

        A daemon thread of the program that comes for the next frame then waits for the lock forever.
        """
        half = (deadline - time.monotonic()) / 2
        if self.lock.acquire(timeout=max(half, 0)):
            self.cancel()
            return
        self.cancelled = True
        if self.sweep is not None:
            self.sweep.is_cancelled = True
        if self.lock.acquire(timeout=max(deadline - time.monotonic(), 0)):
            self.cancel()

    def _run(self, condition: Callable[[], bool]) -> None:
        self.runner = threading.get_ident()
        sweep = self.sweep
        if sweep is not None and sweep.is_on and not self.cancelled and self._run_sweep(sweep):
            return
        queue, take, execute = self.queue, self.take, RuntimeNode.execute
        release, finish = self.release, self.finish
        while not self.finished and not condition():
            taken = take(queue)
            if taken is None:
                if not self.settle() and not queue:
                    if self.sweep is not None:
                        self.sweep.is_on = not self.cancelled and self.sweep.can_go_on()
                    return
                continue
            node, action = taken
            node.running = True
            failure = None
            self.running += 1
            try:
                # A signal handler may have cancelled the run, and closed the node, since it was taken.
                if self.finished:
                    return
                execute(node, action)
                release(node)
                finish(node, action)
            except Exception as error:
                failure = error
            finally:
                self.running -= 1
            if failure is not None:
                self.fail(failure)
                return

    def _run_sweep(self, sweep: FrameSweep) -> bool:
        """Sends the packet that was added through the graph. True if nothing is left to do."""
        if not sweep.input.output.pending:
            return True
        failure = None
        self.running += 1
        try:
            outcome = sweep.run(RuntimeNode.execute)
            if outcome.node is not None:
                if outcome.is_given_up:
                    self.catch_up()
                    self.sweep = None
                self.release(outcome.node)
                self.finish(outcome.node, PROCESS)
        except BaseException as error:
            sweep.is_on = False
            if not isinstance(error, Exception):
                raise
            failure = error
        finally:
            self.running -= 1
        if failure is not None:
            self.fail(failure)
        return sweep.is_on and not self.cancelled
