"""The worker behind live streams: newest first, nothing waits, errors surface, the thread ends."""

import threading
import time

import pytest

from attention_mesh.python_bindings.landmarker.newest_item_worker import NewestItemWorker


class Gate:
    """Work that waits until it is let through, and remembers what it did."""

    def __init__(self):
        self.begun = threading.Semaphore(0)
        self.open = threading.Semaphore(0)
        self.done = []

    def __call__(self, item):
        self.begun.release()
        assert self.open.acquire(timeout=10)
        self.done.append(item)
        if isinstance(item, BaseException):
            raise item


def test_put_does_not_wait_and_only_the_newest_waiting_item_is_worked_on():
    gate = Gate()
    worker = NewestItemWorker(gate, "test worker")
    worker.put(0)
    assert gate.begun.acquire(timeout=10)
    for item in range(1, 6):
        worker.put(item)  # would hang here if it waited: the gate is shut
    gate.open.release(2)
    worker.close()
    assert gate.done == [0, 5]
    assert worker.dropped == 4


def test_close_finishes_the_waiting_item_and_ends_the_thread():
    done = []
    worker = NewestItemWorker(done.append, "test closing worker")
    worker.put("last")
    worker.close()
    worker.close()
    assert done == ["last"]
    assert "test closing worker" not in [thread.name for thread in threading.enumerate()]
    with pytest.raises(RuntimeError, match="closed"):
        worker.put("late")


def test_an_exception_surfaces_once_at_a_later_put_and_work_goes_on():
    done = []

    def work(item):
        if item == "bad":
            raise KeyError("first")
        done.append(item)

    worker = NewestItemWorker(work, "test failing worker")
    worker.put("bad")
    with pytest.raises(KeyError, match="first"):
        for _ in range(1000):
            time.sleep(0.01)
            worker.put("filler")
    worker.put("second")
    worker.close()
    assert done[-1] == "second"


@pytest.mark.parametrize("kind", [KeyError, SystemExit])
def test_an_exception_of_the_last_item_surfaces_at_close(kind):
    gate = Gate()
    gate.open.release(10)
    worker = NewestItemWorker(gate, "test failing worker")
    worker.put(kind("last"))
    with pytest.raises(kind, match="last"):
        worker.close()


def test_work_goes_on_after_a_system_exit():
    gate = Gate()
    gate.open.release(10)
    worker = NewestItemWorker(gate, "test exiting worker")
    worker.put(SystemExit("callback"))
    assert gate.begun.acquire(timeout=10)
    with pytest.raises(SystemExit, match="callback"):
        for _ in range(1000):
            time.sleep(0.01)
            worker.put("filler")
    worker.put("second")
    worker.close()
    assert gate.done[-1] == "second"


def test_closing_from_within_the_work_is_refused_instead_of_hanging():
    worker = NewestItemWorker(lambda item: worker.close(), "test self-closing worker")
    worker.put(1)
    with pytest.raises(RuntimeError, match="its own callback"):
        worker.close()
