import pytest

from attention_mesh.framework import (
    Calculator,
    CalculatorError,
    CalculatorGraph,
    Input,
    Output,
    calculator,
)
from attention_mesh.framework.timestamps import DONE, UNSTARTED
from attention_mesh.tests.framework.graph_runs import PASS, chain, every_scheduler, run_graph, within


@every_scheduler
def test_each_node_is_opened_once_then_processes_then_is_closed_once(scheduler):
    log: list = []
    received = run_graph(chain(), {"s0": [(1, "x"), (2, "y")]}, {"log": log}, **scheduler)
    assert received == {"s3": [(1, "x"), (2, "y")]}
    for name in ("n1", "n2", "n3"):
        assert [phase for node, phase in log if node == name] == ["open", "process", "process", "close"]
    assert log[:3] == [("n1", "open"), ("n2", "open"), ("n3", "open")]


@every_scheduler
def test_open_that_fails_means_no_process_and_no_close_of_that_node_and_the_opened_are_closed(scheduler):
    log: list = []
    with CalculatorGraph(chain(second="open"), **scheduler) as graph:
        with pytest.raises(CalculatorError) as caught:
            graph.start_run({"log": log})
        assert (
            str(caught.value) == 'node "n2" (SampleLogCalculator): open() failed: ValueError: open went wrong'
        )
        assert isinstance(caught.value.__cause__, ValueError)
        assert log == [("n1", "open"), ("n2", "open"), ("n1", "close")]
        assert graph.errors
        with pytest.raises(CalculatorError, match="open went wrong"):
            graph.add_packet("s0", 1, 1)


@every_scheduler
def test_process_that_fails_names_node_calculator_and_timestamp_keeps_the_cause_and_closes_all(scheduler):
    log: list = []
    with CalculatorGraph(chain(second="process", at=33), **scheduler) as graph:
        graph.start_run({"log": log})
        graph.add_packet("s0", "x", 1)
        graph.wait_until_idle()
        assert graph.errors == []
        graph.add_packet("s0", "x", 33)
        with pytest.raises(CalculatorError) as caught:
            within(10, graph.wait_until_idle)
        assert str(caught.value) == (
            'node "n2" (SampleLogCalculator): process() failed at timestamp 33: ValueError: process went '
            "wrong"
        )
        assert isinstance(caught.value.__cause__, ValueError)
        assert graph.errors
        assert [str(error) for error in graph.errors] == [str(caught.value)]
        for failing in (lambda: graph.add_packet("s0", 1, 50), graph.wait_until_idle, graph.wait_until_done):
            with pytest.raises(CalculatorError, match="process went wrong"):
                within(10, failing)
    assert sorted(name for name, phase in log if phase == "close") == ["n1", "n2", "n3"]


@every_scheduler
def test_close_that_fails_is_reported_and_no_node_is_closed_twice(scheduler):
    log: list = []
    with CalculatorGraph(chain(second="close"), **scheduler) as graph:
        graph.start_run({"log": log})
        graph.add_packet("s0", "x", 1)
        graph.close_all_packet_sources()
        with pytest.raises(
            CalculatorError, match=r'"n2" \(SampleLogCalculator\): close\(\) failed: ValueError'
        ):
            within(10, graph.wait_until_done)
    assert sorted(name for name, phase in log if phase == "close") == ["n1", "n2", "n3"]


@every_scheduler
def test_errors_of_several_nodes_are_combined_and_the_first_is_raised(scheduler):
    log: list = []
    with CalculatorGraph(chain(first="close", third="process", at=1), **scheduler) as graph:
        graph.start_run({"log": log})
        graph.add_packet("s0", "x", 1)
        with pytest.raises(CalculatorError, match="n3.*process went wrong"):
            within(10, graph.wait_until_idle)
        assert [str(error).split('"')[1] for error in graph.errors] == ["n3", "n1"]


@every_scheduler
def test_exception_in_an_observer_ends_the_run_and_names_the_stream(scheduler):
    with CalculatorGraph(PASS, **scheduler) as graph:
        graph.observe_output_stream("b", lambda packet: 1 / packet.value)
        graph.start_run()
        graph.add_packet("a", 0, 7)
        with pytest.raises(
            CalculatorError, match=r'"observer of b".* at timestamp 7: ZeroDivisionError'
        ) as caught:
            within(10, graph.wait_until_idle)
        assert isinstance(caught.value.__cause__, ZeroDivisionError)


@every_scheduler
def test_exception_that_would_end_a_thread_is_reported_as_the_nodes(scheduler, monkeypatch):
    monkeypatch.setattr("attention_mesh.framework.registry._calculators", {})

    @calculator
    class ExitingCalculator(Calculator):
        entry = Input("")

        def process(self):
            raise SystemExit(3)

    with CalculatorGraph(
        'input_stream: "a" node { calculator: "ExitingCalculator" input_stream: "a" }', **scheduler
    ) as graph:
        graph.start_run()
        graph.add_packet("a", 1, 1)
        wanted = SystemExit if scheduler["scheduler"] == "caller" else CalculatorError
        with pytest.raises(wanted):
            within(10, graph.wait_until_idle)
        assert within(10, lambda: graph.close()) is None


def test_constructor_that_fails_is_reported_with_the_node(monkeypatch):
    monkeypatch.setattr("attention_mesh.framework.registry._calculators", {})

    @calculator
    class BrokenConstructorCalculator(Calculator):
        def __init__(self):
            raise OSError("no such model")

    with CalculatorGraph('node { name: "x" calculator: "BrokenConstructorCalculator" }') as graph:
        with pytest.raises(CalculatorError, match='"x" .*: its constructor failed: OSError: no such model'):
            graph.start_run()


@every_scheduler
def test_packets_sent_in_open_and_close_reach_the_consumers(scheduler, monkeypatch):
    monkeypatch.setattr("attention_mesh.framework.registry._calculators", {})
    seen = {}

    @calculator
    class FirstAndLastCalculator(Calculator):
        entry = Input("")
        result = Output("")

        def open(self):
            seen["open"] = self.timestamp
            self.result.send("opened", 0)

        def process(self):
            self.result.send(self.entry.value)

        def close(self):
            seen["close"] = (self.timestamp, self.entry.value, self.entry.bound)
            self.result.send("closed", 99)

    config = """input_stream: "a" output_stream: "b"
    node { calculator: "FirstAndLastCalculator" input_stream: "a" output_stream: "b" }"""
    assert run_graph(config, {"a": [(5, "x")]}, **scheduler)["b"] == [(0, "opened"), (5, "x"), (99, "closed")]
    assert seen == {"open": UNSTARTED, "close": (DONE, None, DONE)}


@every_scheduler
def test_open_ends_read_as_empty_and_take_what_is_sent(scheduler):
    config = """input_stream: "a" output_stream: "b"
    node { calculator: "SampleOptionalCalculator" input_stream: "IN:a" output_stream: "OUT:b" }"""
    ((_, value),) = run_graph(config, {"a": [(1, "x")]}, **scheduler)["b"]
    assert value == (("x", None, [], None), False, False, True)


@every_scheduler
def test_repeated_ports_are_in_the_order_of_their_indices(scheduler):
    config = """input_stream: "a" input_stream: "b" output_stream: "c"
    node { calculator: "SampleTupleCalculator" input_stream: "IN:1:b" input_stream: "IN:0:a"
           output_stream: "OUT:c" }"""
    assert run_graph(config, {"a": [(1, "a")], "b": [(1, "b")]}, **scheduler)["c"] == [(1, ("a", "b"))]


@calculator
class MislabelledTestCalculator(Calculator):
    entry = Input("IN")
    number = Output("OUT", int)

    def process(self):
        self.number.send("twelve")


@calculator
class UntimedTestCalculator(Calculator):
    number = Output("OUT", int)

    def process(self):
        self.number.send(1)


@every_scheduler
def test_a_node_that_fails_on_a_value_of_the_wrong_type_says_which_stream_brought_it(scheduler):
    text = """input_stream: "a" output_stream: "c"
    node { calculator: "MislabelledTestCalculator" input_stream: "IN:a" output_stream: "OUT:b" }
    node { calculator: "SampleScaleCalculator" input_stream: "IN:b" output_stream: "OUT:c" }"""
    with CalculatorGraph(text, **scheduler) as graph:
        graph.observe_output_stream("c", lambda packet: 1 / packet.value.missing)
        graph.start_run()
        graph.add_packet("a", 1, 7)
        graph.close_all_input_streams()
        with pytest.raises(CalculatorError, match='; stream "b" brought a str, but int is declared'):
            graph.wait_until_done()


@every_scheduler
def test_a_callback_that_fails_reads_the_same_wherever_it_runs(scheduler):
    with CalculatorGraph(PASS, **scheduler) as graph:
        graph.observe_output_stream("b", lambda packet: 1 / 0)
        graph.start_run()
        graph.add_packet("a", 1, 7)
        graph.close_all_input_streams()
        wanted = '^"observer of b": its callback failed at timestamp 7: ZeroDivisionError: division by zero$'
        with pytest.raises(CalculatorError, match=wanted):
            graph.wait_until_done()


@every_scheduler
def test_a_source_that_gives_no_timestamp_is_told_to(scheduler):
    with CalculatorGraph(
        'node { calculator: "UntimedTestCalculator" output_stream: "OUT:a" }', **scheduler
    ) as graph:
        graph.start_run()
        with pytest.raises(
            CalculatorError, match=r'stream "a": there is no timestamp .* send\(value, timestamp\)'
        ):
            graph.wait_until_done()
