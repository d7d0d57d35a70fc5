"""RunState: what is known of a run as a whole, and how it ends early."""

import threading

from attention_mesh.framework.errors import CancelledError, GraphError
from attention_mesh.framework.runtime_node import GraphInput, RuntimeNode
from attention_mesh.framework.state_report import run_report
from attention_mesh.framework.streams import OPEN

_FORGET_SECONDS = 1.0  # that a forgotten run's end waits for the lock; its threads hold it for moments only


class RunState:
    """The nodes of one run, its errors, and whether it goes on. `lock` guards all state."""

    def __init__(self, nodes: list[RuntimeNode], graph_inputs: list[GraphInput]) -> None:
        self.nodes = nodes
        self.graph_inputs = graph_inputs
        self.lock = threading.RLock()
        self.errors: list[BaseException] = []
        self.running = 0
        self.waiting_feeds = 0
        self.finished = False
        self.cancelled = False
        self.stopping = False
        self.is_raised = False

    def wake(self) -> None:
        """Called, with the lock held, after a node became ready or the run's state changed."""

    def fail(self, error: BaseException) -> None:
        """Records an error, which ends the run. Lock held."""
        self.errors.append(error)
        self.cancel()

    def cancel(self) -> None:
        """Ends the run as soon as what runs now has returned. Callable from any thread."""
        self.cancelled = True
        with self.lock:
            if not self.finished and not self.running:
                self._close_rest()
            self.wake()

    def forget(self) -> None:
        """Cancels a run to which nobody refers any more. For a destructor: hardly waits, never raises."""
        self.cancelled = True
        self._cancel_within(_FORGET_SECONDS)

    def leave_to_parent(self) -> None:
        """Makes sure, in a forked process, that no call waits for a thread that is missing there."""
        raise NotImplementedError

    def _be_over(self) -> None:
        """Ends the run in a forked process. Its nodes are not closed: what they wrote is the parent's."""
        self.running = self.waiting_feeds = 0
        self.cancelled = self.finished = self.is_raised = True
        self.errors = [
            GraphError(
                "the run was begun before this process was forked, and goes on in its parent only; start "
                "another one here (start_run)"
            )
        ]

    def request_end(self) -> None:
        """Asks the run to end, because the program ends."""
        raise NotImplementedError

    def await_end(self, deadline: float) -> None:
        """Waits until the program's end finds no thread of the run within a calculator."""
        raise NotImplementedError

    def _cancel_within(self, seconds: float) -> bool:
        """Does what `cancel` does if the lock is free within `seconds`; returns whether it was."""
        if free := self.lock.acquire(timeout=max(seconds, 0)):
            try:
                if not self.finished:
                    self.cancel()
            finally:
                self.lock.release()
        return free

    def _close_rest(self) -> None:
        """Closes every open node, in order. Nobody gets the packets that they send. Lock held."""
        for node in self.nodes:
            if node.state == OPEN:
                try:
                    node.close()
                except GraphError as error:
                    self.errors.append(error)
        self.finished = True

    def raise_errors(self) -> None:
        """Raises the first error of the run; CancelledError if it was cancelled without an error."""
        if self.errors:
            self.is_raised = True
            raise self.errors[0]
        if self.cancelled:
            raise CancelledError("the graph was cancelled")

    def describe_state(self) -> str:
        """Every graph input and node of the run, in words. Without the lock, parts may not fit together."""
        facts = [f"{self.running} nodes running"]
        if self.waiting_feeds:
            facts.append(f"{self.waiting_feeds} callers waiting to add a packet")
        facts += [fact for fact in ("stopping", "cancelled", "finished") if getattr(self, fact)]
        facts += [f"error: {error}" for error in self.errors]
        return run_report(facts, self.graph_inputs, self.nodes)
