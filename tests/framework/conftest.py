"""Fixtures of every test of the engine."""

import time

import pytest

from attention_mesh.tests.framework.graph_runs import graph_threads


@pytest.fixture(autouse=True)
def no_thread_is_left():
    """Fails a test that leaves a graph's thread running."""
    before = set(graph_threads())
    yield
    deadline = time.monotonic() + 5
    while set(graph_threads()) - before and time.monotonic() < deadline:
        time.sleep(0.005)
    assert not set(graph_threads()) - before
