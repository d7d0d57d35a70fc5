import json
import math
import threading

import pytest

from attention_mesh.framework import CalculatorError, CalculatorGraph, GraphError
from attention_mesh.framework.profiler import NodeStats
from attention_mesh.tests.framework.graph_runs import every_scheduler

SLEEP = "node_options { [type.googleapis.com/attention_mesh.SampleSleepCalculatorOptions] { ms: %s } }"
CONFIG = f"""input_stream: "a" output_stream: "c"
node {{ name: "sleep" calculator: "SampleSleepCalculator" input_stream: "a" output_stream: "b" {SLEEP % 4} }}
node {{ name: "pass" calculator: "SamplePassCalculator" input_stream: "b" output_stream: "c" }}"""


def profiled(packets: int, config: str = CONFIG, **arguments) -> CalculatorGraph:
    with CalculatorGraph(config, **arguments) as graph:
        graph.start_run()
        for timestamp in range(packets):
            graph.add_packet("a", timestamp, timestamp)
        graph.close_all_input_streams()
        graph.wait_until_done()
    return graph


@every_scheduler
def test_every_call_of_process_is_in_count_and_histogram(scheduler):
    profiles = profiled(7, profile=True, **scheduler).profile()
    assert [(p.name, p.calculator, p.count) for p in profiles] == [
        ("sleep", "SampleSleepCalculator", 7),
        ("pass", "SamplePassCalculator", 7),
    ]
    for profile in profiles:
        assert sum(calls for _, calls in profile.histogram) == 7
        assert profile.mean_us == pytest.approx(profile.total_ms * 1e3 / 7)


def test_percentiles_of_a_node_that_sleeps_4_ms_say_so():
    sleep, passing = profiled(12, profile=True, scheduler="caller").profile()
    # A sleep is never shorter. How much longer it is depends on how busy the machine is.
    assert 4000 / 1.07 <= sleep.median_us < 40_000
    assert sleep.median_us <= sleep.p95_us
    assert passing.median_us < sleep.median_us / 4


@pytest.mark.parametrize("fraction, wanted_us", [(0.5, 500), (0.95, 950), (0.01, 10)])
def test_percentiles_are_right_to_within_6_percent(fraction, wanted_us):
    stats = NodeStats("n", "C", None)
    for us in range(1, 1001):
        stats.add("process", 0, us * 1000, us)
    assert stats._percentile(fraction) == pytest.approx(wanted_us, rel=0.062)


@pytest.mark.parametrize("duration_ns", [0, 1, 7, 8, 9, 1000, 1001, 123_456_789, 2**50])
def test_histogram_edge_lies_below_the_duration_by_an_eighth_at_most(duration_ns):
    stats = NodeStats("n", "C", None)
    stats.add("process", 0, duration_ns, 0)
    ((edge_us, calls),) = stats.profile().histogram
    assert calls == 1
    if 8 <= duration_ns < 2**40:
        assert edge_us * 1000 <= duration_ns <= edge_us * 1000 * 1.126


def test_figures_of_a_node_that_never_ran_are_zero():
    profile = NodeStats("n", "C", None).profile()
    assert (profile.count, profile.mean_us, profile.median_us, profile.histogram) == (0, 0.0, 0.0, [])
    assert not math.isnan(profile.p95_us)


@every_scheduler
def test_trace_is_json_with_one_complete_event_for_each_call(scheduler, tmp_path):
    path = tmp_path / "trace.json"
    profiled(5, trace=True, **scheduler).write_trace(path)
    trace = json.loads(path.read_text())
    events = trace["traceEvents"]
    calls = [(event["name"], event["cat"], event["args"].get("timestamp_us")) for event in events]
    assert sorted(calls, key=str) == sorted(
        [
            (name, phase, timestamp)
            for name in ("sleep", "pass")
            for phase, timestamp in [("open", None), ("close", None), *(("process", t) for t in range(5))]
        ],
        key=str,
    )
    assert {event["ph"] for event in events} == {"X"}
    for event in events:
        assert event["dur"] >= (4000 if event["name"] == "sleep" and event["cat"] == "process" else 0)
        assert {"ts", "pid", "tid"} <= set(event)
    threads = {event["tid"] for event in events if event["cat"] == "process"}
    assert (threads == {threading.get_native_id()}) == (scheduler["scheduler"] == "caller")


def test_events_of_one_node_follow_one_another(tmp_path):
    path = tmp_path / "trace.json"
    profiled(5, trace=True, scheduler="pool").write_trace(path)
    events = [e for e in json.loads(path.read_text())["traceEvents"] if e["name"] == "sleep"]
    events.sort(key=lambda event: event["ts"])
    for one, following in zip(events, events[1:], strict=False):
        assert one["ts"] + one["dur"] <= following["ts"] + 1e-3


def test_source_has_no_timestamp_in_the_trace(tmp_path):
    config = 'input_stream: "a" node { calculator: "SampleCountSourceCalculator" output_stream: "n" }'
    path = tmp_path / "trace.json"
    profiled(0, config, trace=True, scheduler="caller").write_trace(path)
    events = json.loads(path.read_text())["traceEvents"]
    assert len([e for e in events if e["cat"] == "process"]) == 6  # five packets and the STOP
    assert all(event["args"] == {} for event in events)


def test_call_that_fails_is_counted_too():
    config = """input_stream: "a"
    node { calculator: "SampleScaleCalculator" input_stream: "IN:a" output_stream: "OUT:b" }
    node { name: "bad" calculator: "SampleDoubleCalculator" input_stream: "b" output_stream: "c" }
    node { name: "worse" calculator: "SampleLogCalculator" input_stream: "c" input_side_packet: "LOG:log"
      node_options {
        [type.googleapis.com/attention_mesh.SampleLogCalculatorOptions] { fail_in: "process" } } }"""
    with CalculatorGraph(config, scheduler="caller", profile=True) as graph:
        graph.start_run({"log": []})
        graph.add_packet("a", 1, 0)
        with pytest.raises(CalculatorError, match="process went wrong"):
            graph.wait_until_idle()
        assert [p.count for p in graph.profile()] == [1, 1, 1]


def test_profile_and_trace_may_be_asked_for_in_the_graph():
    config = CONFIG + "profiler_config { enable_profiler: true trace_enabled: true }"
    assert [p.count for p in profiled(2, config).profile()] == [2, 2]


def test_a_trace_alone_may_be_asked_for_in_the_graph(tmp_path):
    graph = profiled(2, CONFIG + "profiler_config { trace_enabled: true }")
    graph.write_trace(tmp_path / "trace.json")
    events = json.loads((tmp_path / "trace.json").read_text())["traceEvents"]
    assert {"sleep", "pass"} <= {event["name"] for event in events}


def test_each_run_has_its_own_figures():
    with CalculatorGraph(CONFIG, scheduler="caller", profile=True) as graph:
        for packets in (3, 1):
            graph.start_run()
            for timestamp in range(packets):
                graph.add_packet("a", timestamp, timestamp)
            graph.close_all_input_streams()
            graph.wait_until_done()
            assert [p.count for p in graph.profile()] == [packets, packets]


def test_without_profile_no_node_has_anything_to_collect_into_and_there_is_no_trace(tmp_path):
    with CalculatorGraph(CONFIG, scheduler="caller") as graph:
        graph.start_run()
        assert [node.stats for node in graph._run.nodes] == [None, None]
        assert graph.profile() == []
        with pytest.raises(GraphError, match="make the graph with trace=True"):
            graph.write_trace(tmp_path / "trace.json")
    with CalculatorGraph(CONFIG, profile=True) as graph:
        graph.start_run()
        assert {node.stats.events for node in graph._run.nodes if node.stats} == {None}
