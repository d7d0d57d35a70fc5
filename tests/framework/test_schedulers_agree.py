"""Random graphs give, on every scheduler, exactly the packets that a model without engine gives.

And they end cleanly, whenever they are cancelled.
"""

import sys
import threading
import time
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attention_mesh.framework import Calculator, CalculatorError, CalculatorGraph, CancelledError
from attention_mesh.tests.framework.graph_runs import SCHEDULERS, graph_threads, within
from attention_mesh.tests.framework.random_graphs import RandomGraph, random_graphs


def streams_of(random_graph: RandomGraph, **arguments) -> dict[str, dict[int, int]]:
    """Feeds a random graph and returns every stream that came of it."""
    with CalculatorGraph(random_graph.text, **arguments) as graph:
        received = {name: {} for name in random_graph.expected}
        for name, stream in received.items():
            graph.observe_output_stream(name, lambda p, into=stream: into.update({p.timestamp: p.value}))
        graph.start_run()
        for what, *where in random_graph.feeds:
            if what == "add":
                name, timestamp, value = where
                graph.add_packet(name, value, timestamp)
            elif what == "bound":
                graph.set_input_stream_bound(*where)
            else:
                graph.wait_until_idle()
        graph.close_all_packet_sources()
        graph.wait_until_done()
        return received


def assert_gives_expected(random_graph: RandomGraph, **arguments) -> None:
    received = within(20, lambda: streams_of(random_graph, **arguments))
    for name, expected in random_graph.expected.items():
        assert list(received[name].items()) == list(expected.items()), (name, arguments)


@pytest.fixture
def frequent_thread_switches():
    """Lets Python change threads every microsecond, so that races have their chance."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(random_graph=random_graphs())
def test_random_graphs_give_the_same_packets_on_the_callers_thread_and_on_1_to_4_threads(
    random_graph, frequent_thread_switches
):
    assert_gives_expected(random_graph, scheduler="caller")
    for num_threads in (1, 2, 3, 4):
        assert_gives_expected(random_graph, scheduler="pool", num_threads=num_threads)
    assert not graph_threads()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    random_graph=random_graphs(),
    scheduler=st.sampled_from(SCHEDULERS),
    delay_us=st.integers(0, 3000),
    by_node=st.booleans(),
)
def test_random_graphs_cancelled_or_failing_at_any_moment_close_each_opened_node_once(
    random_graph, scheduler, delay_us, by_node, frequent_thread_switches
):
    closed: list[Calculator] = []
    counting = patch.object(Calculator, "close", lambda self: closed.append(self))

    def run() -> list:
        with CalculatorGraph(random_graph.text, **scheduler) as graph:
            last = sorted(random_graph.expected)[-1]
            if by_node:  # an observer fails at the first packet that comes after the delay
                end = time.perf_counter() + delay_us / 1e6
                graph.observe_output_stream(last, lambda _: 1 / max(0, end - time.perf_counter()))
            graph.start_run()
            canceller = threading.Timer(delay_us / 1e6, lambda: by_node or graph.cancel())
            canceller.start()
            try:
                for what, *where in random_graph.feeds:
                    if what == "add":
                        graph.add_packet(where[0], where[2], where[1])
                    elif what == "idle":
                        graph.wait_until_idle()
                graph.close_all_packet_sources()
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
