import threading
import time

import pytest

from attention_mesh.framework import Calculator, CalculatorGraph, Input, Output, calculator
from attention_mesh.tests.framework.graph_runs import graph_threads, run_graph, within
from attention_mesh.tests.framework.sample_calculators import Gate


@calculator
class ThreadReportCalculator(Calculator):
    """Sends the name of the thread it runs on."""

    entry = Input("")
    result = Output("")

    def process(self):
        self.result.send((self.entry.value or ()) + (threading.current_thread().name,))


def node(entry: str, result: str, executor: str = "") -> str:
    return f"""node {{ calculator: "ThreadReportCalculator" input_stream: "{entry}" output_stream: "{result}"
                      executor: "{executor}" }}"""


def threads_of(config: str, packets: int = 1, **arguments) -> list[tuple]:
    """For each packet the names of the threads on which the nodes from "a" to "out" ran."""
    config = 'input_stream: "a" output_stream: "out"' + config
    found = within(20, lambda: run_graph(config, {"a": [(t, None) for t in range(packets)]}, **arguments))
    return [value for _, value in found["out"]]


OWN = 'executor { name: "own" type: "ThreadPoolExecutor" }'
APP = 'executor { name: "app" type: "ApplicationThreadExecutor" }'


def test_node_runs_on_the_threads_of_the_executor_it_names():
    chain = node("a", "b") + node("b", "c", "own") + node("c", "d", "default") + node("d", "out")
    (names,) = threads_of(OWN + chain, scheduler="pool")
    assert [name.rsplit("-", 1)[0] for name in names] == [
        "graph-default",
        "graph-own",
        "graph-default",
        "graph-default",
    ]


def test_node_of_an_application_thread_executor_runs_on_the_thread_that_waits():
    chain = node("a", "b") + node("b", "c", "app") + node("c", "out")
    ((first, second, third),) = threads_of(APP + chain, scheduler="pool")
    assert first.startswith("graph-default") and third.startswith("graph-default")
    assert not second.startswith("graph-")


def test_hand_over_to_the_waiting_thread_takes_no_polling_interval():
    """50 packets for a thread that already waits. They would take 0.2 s each if nothing woke it."""
    sleep = 'node { calculator: "SampleSleepCalculator" input_stream: "a" output_stream: "b" }'
    config = 'input_stream: "a" output_stream: "out"' + APP + sleep + node("b", "out", "app")
    with CalculatorGraph(config, scheduler="pool") as graph:
        graph.start_run()
        start = time.perf_counter()
        for timestamp in range(50):
            graph.add_packet("a", None, timestamp)
            within(5, graph.wait_until_idle)
        assert time.perf_counter() - start < 5


def test_default_executor_of_type_application_thread_means_no_threads():
    config = 'executor { type: "ApplicationThreadExecutor" }' + node("a", "out")
    ((name,),) = threads_of(config)
    assert not name.startswith("graph-")
    with CalculatorGraph(config + 'input_stream: "a"') as graph:
        graph.start_run()
        assert graph_threads() == []


def test_on_the_callers_thread_every_executor_is_the_caller():
    ((first, second),) = threads_of(OWN + node("a", "b") + node("b", "out", "own"), scheduler="caller")
    assert first == second
    assert not first.startswith("graph-")


@pytest.mark.parametrize(
    "config, arguments, threads",
    [
        ("num_threads: 2", {}, {"graph-default-0", "graph-default-1"}),
        ("num_threads: 2", {"num_threads": 1}, {"graph-default-0"}),
        (
            "executor { options { [mediapipe.ThreadPoolExecutorOptions.ext] { num_threads: 3 } } }",
            {},
            {"graph-default-0", "graph-default-1", "graph-default-2"},
        ),
        ("num_threads: 100", {}, {f"graph-default-{index}" for index in range(4)}),
    ],
)
def test_number_of_threads_is_the_one_asked_for_but_never_more_than_nodes(config, arguments, threads):
    chain = '\ninput_stream: "a"' + node("a", "b") + node("b", "c") + node("c", "d") + node("d", "e")
    with CalculatorGraph(config + chain, scheduler="pool", **arguments) as graph:
        graph.start_run()
        assert {thread.name for thread in graph_threads()} == threads
    assert graph_threads() == []


def test_several_timestamps_are_in_flight_at_once_on_the_pool():
    gates = [Gate(), Gate()]
    config = """input_stream: "a" output_stream: "c"
    node { calculator: "SampleGateCalculator" input_side_packet: "GATE:g0"
           input_stream: "a" output_stream: "b" }
    node { calculator: "SampleGateCalculator" input_side_packet: "GATE:g1"
           input_stream: "b" output_stream: "c" }"""
    with CalculatorGraph(config, scheduler="pool", num_threads=2) as graph:
        graph.start_run({"g0": gates[0], "g1": gates[1]})
        graph.add_packet("a", 0, 0)
        gates[0].go.set()
        assert gates[1].reached.wait(10)  # timestamp 0 is in the second node …
        gates[0].reached.clear()
        gates[0].go.clear()
        graph.add_packet("a", 1, 1)
        assert gates[0].reached.wait(10)  # … while timestamp 1 is in the first
        for gate in gates:
            gate.go.set()
        graph.close_all_packet_sources()
        within(10, graph.wait_until_done)


def test_one_node_never_runs_on_two_threads_at_once():
    @calculator
    class AloneCalculator(Calculator):
        entry = Input("")
        result = Output("")

        def open(self):
            self.busy = threading.Lock()

        def process(self):
            alone = self.busy.acquire(blocking=False)
            time.sleep(1e-4)
            if alone:
                self.busy.release()
            self.result.send(alone)

    config = """input_stream: "a" output_stream: "b"
    node { calculator: "AloneCalculator" input_stream: "a" output_stream: "b" }"""
    feed = {"a": [(t, t) for t in range(80)]}
    found = run_graph(config, feed, scheduler="pool", num_threads=4, observe=["a", "b"])
    assert [value for _, value in found["b"]] == [True] * 80


def test_bound_that_one_executor_passes_on_wakes_the_node_of_another():
    """The node between drops all packets, so that only its bounds reach the executor behind it."""
    kind = "attention_mesh.SampleOffsetDropCalculatorOptions"
    drop = f"node_options {{ [type.googleapis.com/{kind}] {{ modulus: 1 }} }}"
    config = f"""input_stream: "a" input_stream: "b" {OWN}
    node {{ calculator: "SamplePassCalculator" input_stream: "a" output_stream: "m" }}
    node {{ calculator: "SampleOffsetDropCalculator" input_stream: "m" output_stream: "n" {drop} }}
    node {{ calculator: "SampleMergeCalculator" input_stream: "n" input_stream: "b" output_stream: "OUT:out"
            executor: "own" }}"""
    with CalculatorGraph(config, scheduler="pool", num_threads=1) as graph:
        received: list = []
        graph.observe_output_stream("out", lambda packet: received.append(packet.timestamp))
        graph.start_run()
        for timestamp in range(20):
            graph.add_packet("b", timestamp, timestamp)
            graph.set_input_stream_bound("a", timestamp + 1)
            within(5, graph.wait_until_idle)
            assert received == list(range(timestamp + 1))
