"""default_thread_count: the cores that the process may use, at most four."""

import os

import pytest

from attention_mesh.models.runtime import thread_count as module
from attention_mesh.models.runtime.thread_count import default_thread_count


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system has no processor affinity")
def test_threads_of_one_core_count_once_and_no_more_than_four(monkeypatch):
    pairs = {0: "0,4", 4: "0,4", 1: "1,5", 5: "1,5"}
    monkeypatch.setattr(module, "_core", pairs.get)
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 4, 1, 5})
    assert default_thread_count() == 2
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 4})
    assert default_thread_count() == 1
    monkeypatch.setattr(module, "_core", str)
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(64)))
    assert default_thread_count() == 4
    # If the system does not say, every processor counts.
    monkeypatch.setattr(module, "_core", lambda processor: None)
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 1, 2})
    assert default_thread_count() == 3


@pytest.mark.parametrize(("processors", "threads"), [(1, 1), (2, 2), (4, 2), (16, 4), (None, 1)])
def test_without_affinity_two_processors_are_taken_for_a_core(monkeypatch, processors, threads):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    assert default_thread_count() == threads
