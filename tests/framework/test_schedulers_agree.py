"""Random graphs send, on every scheduler, exactly the packets of a model without the engine.

They also end cleanly, whenever they are cancelled.
"""

import random
import sys
import threading
import time
from unittest.mock import patch

import pytest

from attention_mesh.framework import Calculator, CalculatorError, CalculatorGraph, CancelledError
from attention_mesh.tests.framework.graph_runs import SCHEDULERS, graph_threads, within
from attention_mesh.tests.framework.random_graphs import RandomGraph, random_graph

SEEDS_A_TEST = 50
THREADS = (1, 2, 3, 4)
TIME_OUT_SECONDS = 20


def streams_of(graph: CalculatorGraph, feeds: list[tuple], names: list[str]) -> dict[str, dict[int, int]]:
    """Feeds a graph to its end, and returns the streams that it sends."""
    received = {name: {} for name in names}
    for name, stream in received.items():
        graph.observe_output_stream(name, lambda p, into=stream: into.update({p.timestamp: p.value}))
    graph.start_run()
    for what, *where in feeds:
        if what == "add":
            name, timestamp, value = where
            graph.add_packet(name, value, timestamp)
        elif what == "bound":
            graph.set_input_stream_bound(*where)
        else:
            graph.wait_until_idle()
    graph.close_all_input_streams()
    graph.wait_until_done()
    return received


def assert_gives_expected(seed: int, case: RandomGraph, **arguments) -> None:
    """Runs a case. The error of a wrong stream or a time-out contains all that is needed to repeat it."""
    with CalculatorGraph(case.text, **arguments) as graph:
        received = within(
            TIME_OUT_SECONDS,
            lambda: streams_of(graph, case.feeds, list(case.expected)),
            lambda: f"seed {seed}, {arguments}\n{graph.describe_state()}\n{case.text}\n{case.feeds}",
        )
    for name, expected in case.expected.items():
        if list(received[name].items()) != list(expected.items()):
            raise AssertionError(
                f'seed {seed}, {arguments}: stream "{name}" is {received[name]}, but must be {expected}\n'
                f"{case.text}\n{case.feeds}"
            )


@pytest.fixture
def thread_switches():
    """A function that sets how often Python changes threads, in seconds, for the rest of the test."""
    before = sys.getswitchinterval()
    yield sys.setswitchinterval
    sys.setswitchinterval(before)


@pytest.fixture
def no_polling(monkeypatch):
    """Lets a waiting thread sleep until it is woken, so that a missing wake-up becomes a time-out."""
    monkeypatch.setattr("attention_mesh.framework.pool_scheduler._POLL_SECONDS", 1000.0)


@pytest.mark.parametrize("first", range(0, 1000, SEEDS_A_TEST))
def test_random_graphs_give_the_same_packets_on_the_callers_thread_and_on_1_to_4_threads(
    first, thread_switches, no_polling
):
    if first % (4 * SEEDS_A_TEST) == 0:  # each microsecond, so that races are likely; that takes longer
        thread_switches(1e-6)
    for seed in range(first, first + SEEDS_A_TEST):
        case = random_graph(seed)
        assert_gives_expected(seed, case, scheduler="caller")
        for num_threads in THREADS:
            assert_gives_expected(seed, case, scheduler="pool", num_threads=num_threads)
    assert not graph_threads()


def test_random_graphs_hold_every_kind_of_node_and_packets_that_get_through_them():
    cases = [random_graph(seed) for seed in range(200)]
    kinds = {kind for case in cases for kind in case.kinds}
    assert kinds == {"pass", "delay", "drop", "double", "merge", "loop", "source", "choice", "pair", "flow"}
    streams = [stream for case in cases for stream in case.expected.values()]
    assert sum(map(bool, streams)) > 0.7 * len(streams)
    assert random_graph(7) == random_graph(7) != random_graph(8)


@pytest.mark.parametrize("seed", range(60))
def test_random_graphs_cancelled_or_failing_at_any_moment_close_each_opened_node_once(seed, thread_switches):
    thread_switches(1e-6)
    rng = random.Random(seed)
    case, scheduler, by_node = random_graph(seed, max_nodes=8), rng.choice(SCHEDULERS), rng.random() < 0.5
    delay_us = rng.randint(0, 3000)
    closed: list[Calculator] = []
    counting = patch.object(Calculator, "close", lambda self: closed.append(self))

    def run() -> list:
        with CalculatorGraph(case.text, **scheduler) as graph:
            last = sorted(case.expected)[-1]
            if by_node:  # an observer fails at the first packet that comes after the delay
                end = time.perf_counter() + delay_us / 1e6
                graph.observe_output_stream(last, lambda _: 1 / max(0, end - time.perf_counter()))
            graph.start_run()
            canceller = threading.Timer(delay_us / 1e6, lambda: by_node or graph.cancel())
            canceller.start()
            try:
                for what, *where in case.feeds:
                    if what == "add":
                        graph.add_packet(where[0], where[2], where[1])
                    elif what == "idle":
                        graph.wait_until_idle()
                graph.close_all_input_streams()
                graph.wait_until_done()
            except CancelledError:
                assert not by_node
            except CalculatorError as error:
                assert by_node and isinstance(error.__cause__, ZeroDivisionError)
            finally:
                graph.close()
                canceller.join()
            return [node.calculator for node in graph._run.nodes]

    with counting:
        calculators = within(20, run)
    assert sorted(map(id, closed)) == sorted(map(id, calculators))
    assert not graph_threads()
