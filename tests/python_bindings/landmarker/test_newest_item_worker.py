"""The worker behind live streams: newest first, nothing waits, errors surface, the thread ends."""

import gc
import threading
import time
import weakref

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
        assert self.open.acquire(timeout=120)
        self.done.append(item)
        if isinstance(item, BaseException):
            raise item


def test_put_does_not_wait_and_only_the_newest_waiting_item_is_worked_on():
    gate = Gate()
    worker = NewestItemWorker(gate, "test worker")
    worker.put(0)
    assert gate.begun.acquire(timeout=120)
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
    assert gate.begun.acquire(timeout=120)
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


def test_finish_waits_for_all_items_and_work_goes_on():
    done = []

    def work(item):
        time.sleep(0.05)
        done.append(item)

    worker = NewestItemWorker(work, "test finishing worker")
    for item in (1, 2):
        worker.put(item)
        worker.finish()
    assert done == [1, 2]
    worker.finish()
    worker.close()


def test_finish_raises_what_the_work_raised_once():
    gate = Gate()
    gate.open.release(10)
    worker = NewestItemWorker(gate, "test failing worker")
    worker.put(KeyError("first"))
    with pytest.raises(KeyError, match="first"):
        worker.finish()
    worker.finish()
    worker.close()


def test_finishing_from_within_the_work_is_refused_instead_of_hanging():
    worker = NewestItemWorker(lambda item: worker.finish(), "test self-finishing worker")
    worker.put(1)
    with pytest.raises(RuntimeError, match="its own callback"):
        worker.close()


def test_a_forgotten_worker_is_collected_and_its_thread_ends_even_if_its_work_refers_to_it():
    class Owner:
        def __init__(self):
            self.worker = NewestItemWorker(self.work, "test forgotten worker")
            self.worker.put(1)
            self.worker.finish()

        def work(self, item):
            pass

    owner = Owner()
    thread, of_owner = owner.worker._thread, weakref.ref(owner)
    del owner
    for _ in range(100):  # the thread may hold its last item for a moment
        gc.collect()
        thread.join(0.02)
        if not thread.is_alive():
            break
    assert not thread.is_alive() and of_owner() is None


def test_an_error_that_a_forgotten_worker_cannot_raise_is_handed_to_the_hook(monkeypatch):
    caught = []
    monkeypatch.setattr(threading, "excepthook", lambda arguments: caught.append(arguments.exc_value))
    gate = Gate()
    worker = NewestItemWorker(gate, "test forgotten failing worker")
    thread = worker._thread
    worker.put(KeyError("unseen"))
    assert gate.begun.acquire(timeout=120)
    del worker
    gc.collect()
    gate.open.release()
    thread.join(10)
    assert [str(error) for error in caught] == ["'unseen'"]
