"""Runs the graph on the thread that waits for it: one order, no hand-over between threads."""

import threading
from typing import Any

from attention_mesh.framework.frame_sweep import FrameSweep, can_sweep
from attention_mesh.framework.input_handlers import PROCESS
from attention_mesh.framework.runtime_node import RuntimeNode
from attention_mesh.framework.scheduler import Scheduler


class CallerScheduler(Scheduler):
    """Nodes run inside `wait_until`, on its caller's thread; executors that the graph names are ignored.

    Several threads may add packets and wait; while one runs the graph the others wait for it.
    """

    def __init__(self, *arguments: Any):
        self.queue: list = []
        self.runner = 0
        super().__init__(*arguments)
        can = can_sweep(self.nodes, self.graph_inputs)
        self.sweep = FrameSweep(self.nodes, self.graph_inputs[0]) if can else None
        # Whether the next packet takes a sweep; queues and bounds may lie behind what was done until then.
        self.is_steady = False

    def queue_of(self, node: RuntimeNode) -> list:
        return self.queue

    def is_inside(self) -> bool:
        return self.running > 0 and self.runner == threading.get_ident()

    def wait_until(self, condition: Any) -> None:
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

    def feed(self, graph_input: Any, packet: Any, wait: bool) -> bool:
        with self.lock:
            output = graph_input.output
            if self.is_steady and not (self.running or self.cancelled or output.pending):
                output.send(packet.value, packet.timestamp)
                if output.bound != packet.timestamp + 1:
                    self.catch_up()
                return True
            self.catch_up()
            return super().feed(graph_input, packet, wait)

    def set_input_bound(self, graph_input: Any, bound: int) -> None:
        with self.lock:
            self.catch_up()
            super().set_input_bound(graph_input, bound)

    def catch_up(self) -> None:
        if self.is_steady:
            self.is_steady = False
            self.sweep.leave(self)
            self.flush(self.sweep.input)

    def join(self) -> None:
        """Nothing to wait for: there are no threads of its own."""

    def _run(self, condition: Any) -> None:
        self.runner = threading.get_ident()
        if self.is_steady and not self.cancelled and self._run_sweep():
            return
        queue, take, execute = self.queue, self.take, self.execute
        release, finish = self.release, self.finish
        while not self.finished and not condition():
            taken = take(queue)
            if taken is None:
                if not self.settle() and not queue:
                    self.is_steady = self.sweep is not None and not self.cancelled and self.sweep.can_go_on()
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

    def _run_sweep(self) -> bool:
        """Sends the packet that was added through the graph. True where nothing is left to do."""
        if not self.sweep.input.output.pending:
            return True
        failure = None
        self.running += 1
        try:
            unfinished = self.sweep.run(self)
            if unfinished is not None:
                self.release(unfinished)
                self.finish(unfinished, PROCESS)
        except BaseException as error:
            self.is_steady = False
            if not isinstance(error, Exception):
                raise
            failure = error
        finally:
            self.running -= 1
        if failure is not None:
            self.fail(failure)
        return self.is_steady and not self.cancelled
