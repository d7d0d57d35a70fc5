"""Runs the graph on worker threads, so that several timestamps are in flight at once."""

import os
import threading
from typing import Any

from attention_mesh.framework.runtime_node import RuntimeNode
from attention_mesh.framework.scheduler import Scheduler

_POLL_SECONDS = 0.2
"""How often a waiting thread looks up, so that Ctrl-C is noticed where locks cannot be interrupted."""


class PoolScheduler(Scheduler):
    """A pool of threads for each executor; one node runs on one thread at a time.

    Args:
      num_threads: threads of the default executor, 0 for as many as useful.
      executors: executor name → threads; None for one that runs on the thread that waits.
    """

    def __init__(self, *arguments: Any, num_threads: int = 0, executors: dict[str, int | None] | None = None):
        self.sizes: dict[str, int | None] = {"": num_threads, **(executors or {})}
        self.queues: dict[str, list] = {name: [] for name in self.sizes}
        self.threads: list[threading.Thread] = []
        super().__init__(*arguments)
        self.work = threading.Condition(self.lock)
        self.progress = threading.Condition(self.lock)

    def queue_of(self, node: RuntimeNode) -> list:
        return self.queues[node.contract.executor]

    def wake(self) -> None:
        if self.finished:
            self.work.notify_all()
            self.progress.notify_all()
        elif self._has_ready() or self.cancelled:
            self.work.notify_all()

    def resume(self, feed: Any) -> None:
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
                    target=self._work,
                    args=(self.queues[name],),
                    name=f"graph-{name or 'default'}-{index}",
                    daemon=True,
                )
                self.threads.append(thread)
                thread.start()

    def wait_until(self, condition: Any) -> None:
        own_queues = [self.queues[name] for name, size in self.sizes.items() if size is None]
        try:
            with self.lock:
                while not self.finished and not condition():
                    if any(self._run_one(queue) for queue in own_queues) or self._settle_if_idle():
                        continue
                    if not self.finished:
                        self.progress.wait(_POLL_SECONDS)
        except KeyboardInterrupt:
            self.cancel()
            raise

    def wait_until_idle(self) -> None:
        self.wait_until(lambda: self._is_idle() and not self._settle_if_idle())

    def join(self) -> None:
        """Waits for the threads to end; call it after the run has finished or was cancelled."""
        for thread in self.threads:
            if thread is not threading.current_thread():
                thread.join()
        self.threads = []

    def _has_ready(self) -> bool:
        return any(self.queues.values())

    def _is_idle(self) -> bool:
        return not self.running and (self.cancelled or not self._has_ready())

    def _settle_if_idle(self) -> bool:
        """Brings an idle graph on, where that is possible: true then. Lock held."""
        if not self._is_idle() or self.finished:
            return False
        moved = self.settle() or (self._has_ready() and not self.cancelled)
        self.wake()
        return moved

    def _work(self, queue: list) -> None:
        with self.lock:
            while not self.finished:
                if self._run_one(queue) or self._settle_if_idle():
                    continue
                if not self.finished:
                    if self._is_idle():
                        self.progress.notify_all()
                    self.work.wait()

    def _run_one(self, queue: list) -> bool:
        """Runs one node of a heap, the lock released meanwhile; False where none can run. Lock held."""
        taken = self.take(queue)
        if taken is None:
            return False
        node, action = taken
        node.running = True
        self.running += 1
        failure = None
        self.lock.release()
        try:
            self.execute(node, action)
        except Exception as error:
            failure = error
        finally:
            self.lock.acquire()
            self.running -= 1
            self.release(node)
        if failure is None:
            self.finish(node, action)
            self.wake()
        else:
            self.fail(failure)
        return True
