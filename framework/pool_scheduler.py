"""PoolScheduler: runs the graph on worker threads, with several timestamps in flight at once."""

import os
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any

from attention_mesh.forks import free_lock
from attention_mesh.framework.input_stream_handlers import PROCESS
from attention_mesh.framework.runtime_node import GraphInput, RuntimeNode
from attention_mesh.framework.scheduler import ReadyHeap, Scheduler
from attention_mesh.framework.streams import Feed

_POLL_SECONDS = 0.2
"""How long a thread waits at a time, so that it notices Ctrl-C even if locks cannot be interrupted."""


class PoolScheduler(Scheduler):
    """A pool of threads for each executor; one node runs on one thread at a time.

    Args:
      executors: executor name → threads: 0 for as many as useful, None for the thread that waits.
    """

    def __init__(
        self,
        nodes: list[RuntimeNode],
        graph_inputs: list[GraphInput],
        report_deadlock: bool,
        executors: dict[str, int | None],
    ) -> None:
        self.sizes = executors
        self.queues: dict[str, ReadyHeap] = {name: [] for name in executors}
        self.threads: list[threading.Thread] = []
        self.inside: set[int] = set()
        super().__init__(nodes, graph_inputs, report_deadlock)
        self._make_conditions()
        self.own_queues = [self.queues[name] for name, size in executors.items() if size is None]

    def _make_conditions(self) -> None:
        self.work = {name: threading.Condition(self.lock) for name in self.sizes}
        self.progress = threading.Condition(self.lock)

    def queue_of(self, node: RuntimeNode) -> ReadyHeap:
        return self.queues[node.contract.executor]

    def is_inside(self) -> bool:
        return threading.get_ident() in self.inside

    def wake(self) -> None:
        for name, condition in self.work.items():
            if self.cancelled or self.finished:
                condition.notify_all()
            elif self.queues[name]:
                condition.notify(len(self.queues[name]))
        if self.cancelled or self.finished or any(self.own_queues):
            self.progress.notify_all()

    def resume(self, feed: Feed) -> None:
        super().resume(feed)
        self.progress.notify_all()

    def start(self, side_packets: dict[str, Any]) -> None:
        super().start(side_packets)
        counts: dict[str, int] = {}
        for node in self.nodes:
            counts[node.contract.executor] = counts.get(node.contract.executor, 0) + 1
        for name, size in self.sizes.items():
            if size is None:
                continue
            useful = min(size or os.cpu_count() or 1, counts.get(name, 0))
            for index in range(useful):
                thread = threading.Thread(
                    target=_work,
                    args=(weakref.ref(self), name, self.work[name]),
                    name=f"graph-{name or 'default'}-{index}",
                    daemon=True,
                )
                self.threads.append(thread)
                thread.start()

    def wait_until(self, condition: Callable[[], bool]) -> None:
        try:
            with self.lock:
                while not self.finished and not condition():
                    if any(self._run_one(queue) for queue in self.own_queues) or self._settle_if_idle():
                        continue
                    # The candidates may all have been unable to run, and the graph may be idle now.
                    if not self.finished and not condition():
                        self.progress.wait(_POLL_SECONDS)
                self.wake()
        except BaseException:
            self.cancel()
            raise

    def wait_until_idle(self) -> None:
        self.wait_until(lambda: self._is_idle() and not self._settle_if_idle())

    def join(self) -> None:
        for thread in self.threads:
            if thread is not threading.current_thread():
                thread.join()
        self.threads = []

    def leave_to_parent(self) -> None:
        """Ends the run in a forked process, which has none of its threads."""
        free_lock(self.lock)
        self._make_conditions()
        self.threads = []
        self.inside.clear()
        if not self.finished:
            self._be_over()

    def request_end(self) -> None:
        self.cancelled = True

    def await_end(self, deadline: float) -> None:
        self._cancel_within(deadline - time.monotonic())
        for thread in self.threads:
            if thread is not threading.current_thread():
                thread.join(max(deadline - time.monotonic(), 0))

    def _has_ready(self) -> bool:
        return any(self.queues.values())

    def _is_idle(self) -> bool:
        return not self.running and (self.cancelled or not self._has_ready())

    def _settle_if_idle(self) -> bool:
        """Moves an idle graph on; returns whether anything is ready then. Lock held."""
        if not self._is_idle() or self.finished:
            return False
        moved = self.settle() or (self._has_ready() and not self.cancelled)
        self.wake()
        return moved

    def work_until_idle(self, name: str) -> bool:
        """Runs what an executor can do now; returns whether the run goes on. For its threads. Lock held."""
        queue = self.queues[name]
        try:
            while not self.finished:
                if self._run_one(queue) or self._settle_if_idle():
                    continue
                if not self.finished:
                    if self._is_idle():
                        self.progress.notify_all()
                    return True
        except BaseException as error:  # nobody would see it on this thread
            self.fail(error)
        return False

    def _run_one(self, queue: ReadyHeap) -> bool:
        """Runs one node of a heap; returns False if none can run. Lock held, but released while it runs.

        It wakes other threads for the nodes that are ready before this node runs. Nodes that become ready
        after it are for the next call, which the same thread makes at once.
        """
        taken = self.take(queue)
        self.wake()
        if taken is None:
            return False
        node, action = taken
        thread = threading.get_ident()
        failure: BaseException | None = None
        node.running = True
        self.running += 1
        self.inside.add(thread)
        try:
            self.lock.release()
            # A signal handler may have cancelled the run, and closed the node, since it was taken.
            if not self.finished:
                node.execute(action)
        except BaseException as error:
            failure = error
        finally:
            self.lock.acquire()
            self.inside.discard(thread)
            self.running -= 1
            self.release(node)
        if failure is None:
            self.finish(node, action)
        elif isinstance(failure, Exception):
            self.fail(failure)
        elif threading.current_thread() in self.threads:
            self.fail(node.error("process" if action == PROCESS else "close", failure))
        else:
            raise failure
        return True


def _work(run_of: "weakref.ref[PoolScheduler]", name: str, condition: threading.Condition) -> None:
    """The loop of a worker thread, until the run is over or forgotten.

    A thread that waits does not refer to the run. So a run that nobody else refers to is collected, with all
    that its callbacks refer to; its end notifies `condition`.
    """
    while True:
        with condition:
            run = run_of()
            if run is None or not run.work_until_idle(name):
                return
            del run
            condition.wait()
