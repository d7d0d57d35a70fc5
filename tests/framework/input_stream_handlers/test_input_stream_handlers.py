import pytest

from attention_mesh.framework import Calculator, CalculatorGraph, Input, Output, calculator
from attention_mesh.framework.timestamps import MAX, MIN, POST_STREAM, PRE_STREAM
from attention_mesh.tests.framework.graph_runs import run_graph
from attention_mesh.tests.framework.handler_steps import TOGETHER, TUPLE, Steps, graph_of


# ---- default ------------------------------------------------------------------------------------
def test_default_waits_until_every_input_has_a_packet_or_a_bound_past_the_timestamp():
    steps = Steps(graph_of(TUPLE))
    assert steps.add("a", 5, "a5") == []
    assert steps.add("a", 7, "a7") == []
    assert steps.bound("b", 5) == []
    assert steps.bound("b", 6) == [(5, ("a5", None))]
    assert steps.add("b", 7, "b7") == [(7, ("a7", "b7"))]
    assert steps.add("b", 8, "b8") == []
    assert steps.end() == [(8, (None, "b8"))]


def test_default_goes_by_timestamp_not_by_arrival():
    steps = Steps(graph_of(TUPLE))
    assert steps.add("b", 2, "b2") == []
    assert steps.add("a", 1, "a1") == [(1, ("a1", None))]
    assert steps.add("a", 9, "a9") == [(2, (None, "b2"))]
    steps.graph.close()


def test_closed_input_does_not_hold_the_others_up():
    steps = Steps(graph_of(TUPLE))
    steps.graph.close_input_stream("b")
    assert steps.add("a", 1, 1) == [(1, (1, None))]
    assert steps.end() == []


def test_pre_stream_and_post_stream_packets_come_alone_and_in_order():
    config = graph_of('calculator: "SamplePassCalculator" input_stream: "a" output_stream: "out"', 1)
    for timestamp in (PRE_STREAM, POST_STREAM, MAX):
        steps = Steps(config)
        assert steps.add("a", timestamp, "x") == [(timestamp, "x")]
        with pytest.raises(Exception, match="OneOverPostStream.. but received"):
            steps.graph.add_packet("a", "y", timestamp)
        assert steps.end() == []


def test_pre_stream_packet_is_settled_before_any_other_of_another_stream():
    steps = Steps(graph_of(TOGETHER))
    assert steps.add("a", PRE_STREAM, "header") == []
    assert steps.add("b", MIN, "first") == [
        (0, (PRE_STREAM, ["header", None])),
        (1, (MIN, [None, "first"])),
    ]
    assert steps.end() == []


def test_post_stream_packet_waits_for_the_end_of_the_other_stream():
    steps = Steps(graph_of(TOGETHER))
    assert steps.add("a", POST_STREAM, "last") == []
    assert steps.add("b", 100, "b") == [(0, (100, [None, "b"]))]
    assert steps.end() == [(1, (POST_STREAM, ["last", None]))]


# ---- bounds -------------------------------------------------------------------------------------
def bounds_behind(calculator_name: str, options: str = "") -> Steps:
    """A node before a merge whose other input gets the packets; they leave as the bound allows."""
    kind = f"attention_mesh.{calculator_name}Options"
    given = f"node_options {{ [type.googleapis.com/{kind}] {{ {options} }} }}" if options else ""
    return Steps(
        f"""input_stream: "a" input_stream: "b"
        node {{ calculator: "{calculator_name}" input_stream: "a" output_stream: "m" {given} }}
        node {{ calculator: "SampleTupleCalculator" input_stream: "IN:0:m" input_stream: "IN:1:b"
                output_stream: "OUT:out" }}"""
    )


def test_declared_offset_lets_bounds_through_without_process():
    steps = bounds_behind("SamplePassCalculator")
    assert steps.add("b", 3, "b") == []
    assert steps.bound("a", 3) == []
    assert steps.bound("a", 4) == [(3, (None, "b"))]
    steps.graph.close()


def test_without_declared_offset_bounds_stop_at_the_node():
    steps = bounds_behind("SamplePlainPassCalculator")
    assert steps.add("b", 3, "b") == []
    assert steps.bound("a", 100) == []
    assert steps.end() == [(3, (None, "b"))]


def test_declared_offset_of_ten_moves_the_bound_ten_further():
    steps = bounds_behind("SampleDelayByTenCalculator")
    assert steps.add("b", 12, "b") == []
    assert steps.bound("a", 2) == []
    assert steps.bound("a", 3) == [(12, (None, "b"))]
    assert steps.add("a", 4, "a") == []
    assert steps.add("b", 14, "c") == [(14, ("a", "c"))]
    assert steps.end() == []


def test_node_that_drops_a_packet_moves_the_bound_where_an_offset_is_declared():
    steps = bounds_behind("SampleOffsetDropCalculator")
    assert steps.add("b", 3, "b") == []
    assert steps.add("a", 3, 2) == [(3, (None, "b"))]
    steps.graph.close()


@pytest.mark.parametrize("sets_bound", [True, False])
def test_node_that_drops_a_packet_without_offset_moves_the_bound_only_by_set_bound(sets_bound):
    steps = bounds_behind("SampleDropCalculator", f"set_bound: {str(sets_bound).lower()}")
    assert steps.add("b", 3, "b") == []
    assert steps.add("a", 3, 2) == ([(3, (None, "b"))] if sets_bound else [])
    steps.graph.close()


def test_bounds_cross_a_chain_of_nodes_with_offsets():
    nodes = "".join(
        f'node {{ calculator: "SamplePassCalculator" input_stream: "s{i}" output_stream: "s{i + 1}" }}'
        for i in range(20)
    )
    steps = Steps(f'input_stream: "s0" {nodes}', "s20", bounds=True)
    assert steps.bound("s0", 9) == [(8, None)]
    assert steps.add("s0", 9, "x") == [(9, "x")]
    assert steps.end() == []


def test_offset_beyond_the_last_timestamp_does_not_keep_the_graph_from_ending():
    config = """input_stream: "a" output_stream: "out"
    node { calculator: "SampleDelayByTenCalculator" input_stream: "a" output_stream: "out" }"""
    steps = Steps(config)
    assert steps.bound("a", MAX) == []
    assert steps.end() == []


def test_process_bounds_runs_process_at_the_timestamp_before_the_bound():
    @calculator
    class BoundReportCalculator(Calculator):
        entry = Input("")
        result = Output("")
        process_bounds = True

        def process(self):
            self.result.send((self.timestamp, self.entry.value))

    steps = Steps(graph_of('calculator: "BoundReportCalculator" input_stream: "a" output_stream: "out"', 1))
    assert steps.bound("a", 5) == [(4, (4, None))]
    assert steps.bound("a", 5) == []
    assert steps.add("a", 5, "x") == [(5, (5, "x"))]
    assert steps.bound("a", 6) == []
    assert steps.bound("a", 8) == [(7, (7, None))]
    assert steps.end() == []


def test_observer_of_bounds_is_told_of_timestamps_without_a_packet():
    config = """input_stream: "a"
    node { calculator: "SampleOffsetDropCalculator" input_stream: "a" output_stream: "out" }"""
    steps = Steps(config, bounds=True)
    assert steps.add("a", 1, 3) == [(1, 3)]
    assert steps.add("a", 2, 4) == [(2, None)]
    assert steps.end() == []


# ---- immediate ----------------------------------------------------------------------------------
def test_immediate_runs_at_any_arrival_without_waiting():
    node = """calculator: "SampleImmediateCalculator" input_stream: "IN:0:a" input_stream: "IN:1:b"
              output_stream: "OUT:out" """
    steps = Steps(graph_of(node))
    assert steps.add("a", 5, "a5") == [(0, (5, "a5", None))]
    assert steps.add("b", 3, "b3") == [(1, (3, None, "b3"))]
    steps.graph.add_packet("a", "a9", 9)
    assert steps.add("b", 9, "b9") == [(2, (9, "a9", "b9"))]
    assert steps.end() == []


def test_immediate_with_process_bounds_is_told_of_each_inputs_bounds():
    @calculator
    class ImmediateBoundsCalculator(Calculator):
        entries = Input("", object, repeated=True)
        result = Output("OUT")
        input_handler = "ImmediateInputStreamHandler"
        process_bounds = True

        def open(self):
            self.count = 0

        def process(self):
            bounds = [port.bound for port in self.entries]
            self.result.send((self.timestamp, [port.value for port in self.entries], bounds), self.count)
            self.count += 1

    node = (
        'calculator: "ImmediateBoundsCalculator" input_stream: "a" input_stream: "b" output_stream: "OUT:out"'
    )
    steps = Steps(graph_of(node))
    assert steps.bound("a", 5) == [(0, (4, [None, None], [5, PRE_STREAM]))]
    assert steps.bound("b", 3) == [(1, (2, [None, None], [5, 3]))]
    assert steps.add("b", 3, "x") == [(2, (3, [None, "x"], [5, 4]))]
    assert steps.end() == []


# ---- sync set -----------------------------------------------------------------------------------
SETS = """input_stream_handler {
  input_stream_handler: "SyncSetInputStreamHandler"
  options { [mediapipe.SyncSetInputStreamHandlerOptions.ext] { %s } }
}"""


def sync_set_steps(sets: str) -> Steps:
    inputs = " ".join(f'input_stream: "{name}"' for name in "abc")
    node = f'calculator: "TogetherCalculator" {inputs} output_stream: "OUT:out" {SETS % sets}'
    return Steps(graph_of(node, 3))


def test_sync_set_waits_within_a_set_and_not_between_sets():
    steps = sync_set_steps('sync_set { tag_index: ":0" tag_index: ":1" }')
    assert steps.add("c", 8, "c8") == [(0, (8, [None, None, "c8"]))]
    assert steps.add("a", 5, "a5") == []
    assert steps.add("b", 5, "b5") == [(1, (5, ["a5", "b5", None]))]
    assert steps.end() == []


def test_inputs_that_no_set_names_form_one_of_their_own():
    steps = sync_set_steps('sync_set { tag_index: ":1" }')
    assert steps.add("b", 5, "b5") == [(0, (5, [None, "b5", None]))]
    assert steps.add("a", 1, "a1") == []
    assert steps.add("c", 2, "c2") == [(1, (1, ["a1", None, None]))]
    assert steps.end() == [(2, (2, [None, None, "c2"]))]


# ---- fixed size ---------------------------------------------------------------------------------
FIXED = """input_stream_handler {
  input_stream_handler: "FixedSizeInputStreamHandler"
  options { [mediapipe.FixedSizeInputStreamHandlerOptions.ext] { %s } }
}"""


def fixed_size_out(options: str, feed: list[tuple[str, int]], inputs: int = 1) -> list:
    """The packets of a node if all have arrived before it runs."""
    entries = " ".join(f'input_stream: "{name}"' for name in "ab"[:inputs])
    node = f'calculator: "TogetherCalculator" {entries} output_stream: "OUT:out" {FIXED % options}'
    steps = Steps(graph_of(node, inputs))
    for stream, timestamp in feed:
        steps.graph.add_packet(stream, f"{stream}{timestamp}", timestamp)
    return [value for _, value in steps.come() + steps.end()]


def test_fixed_size_keeps_the_newest_packet_by_default():
    assert fixed_size_out("", [("a", t) for t in range(5)]) == [(4, ["a4"])]


def test_fixed_size_leaves_queues_below_the_trigger_alone():
    feed = [("a", t) for t in range(4)]
    kept = fixed_size_out("trigger_queue_size: 5 target_queue_size: 2", feed)
    assert [timestamp for timestamp, _ in kept] == [0, 1, 2, 3]


def test_fixed_size_cuts_a_queue_that_reached_the_trigger_to_the_target():
    feed = [("a", t) for t in range(5)]
    kept = fixed_size_out("trigger_queue_size: 5 target_queue_size: 2", feed)
    assert [timestamp for timestamp, _ in kept] == [3, 4]


def test_fixed_size_drops_from_all_inputs_what_is_older_than_the_first_packet_kept():
    feed = [("a", 1), ("b", 1), ("a", 2), ("a", 3), ("b", 3)]
    assert fixed_size_out("", feed, inputs=2) == [(3, ["a3", "b3"])]


def test_fixed_size_drops_what_comes_later_but_is_older_than_what_was_kept():
    feed = [("a", 1), ("a", 2), ("a", 3), ("b", 1)]
    assert fixed_size_out("", feed, inputs=2) == [(3, ["a3", None])]


def test_fixed_min_size_drops_nothing_before_every_queue_is_full():
    few = [("a", 1), ("a", 2), ("a", 3), ("b", 1)]
    kept = fixed_size_out("fixed_min_size: true", few, inputs=2)
    assert [timestamp for timestamp, _ in kept] == [1, 2, 3]
    kept = fixed_size_out("fixed_min_size: true", [*few, ("b", 2)], inputs=2)
    assert kept == [(2, ["a2", "b2"]), (3, ["a3", None])]


def test_fixed_size_on_a_slow_node_lets_it_skip_and_ends_with_the_newest():
    config = """input_stream: "a" output_stream: "out"
    node { calculator: "SampleSleepCalculator" input_stream: "a" output_stream: "out"
           input_stream_handler { input_stream_handler: "FixedSizeInputStreamHandler" } }"""
    times = [t for t, _ in run_graph(config, {"a": [(t, t) for t in range(60)]}, scheduler="pool")["out"]]
    assert len(times) < 60
    assert times == sorted(set(times)) and times[-1] == 59


# ---- which handler ------------------------------------------------------------------------------
def handler_of(node: str, graph: str = "") -> str:
    config = f'input_stream: "a" {graph} node {{ {node} input_stream: "IN:a" }}'
    return CalculatorGraph(config).validated_graph.nodes[0].input_handler


FIXED_SIZE = 'input_stream_handler { input_stream_handler: "FixedSizeInputStreamHandler" }'
SYNC_SET = 'input_stream_handler { input_stream_handler: "SyncSetInputStreamHandler" }'


@pytest.mark.parametrize(
    "node, graph, handler",
    [
        ('calculator: "SampleTupleCalculator"', "", "Default"),
        ('calculator: "SampleTupleCalculator"', FIXED_SIZE, "FixedSize"),
        (f'calculator: "SampleTupleCalculator" {SYNC_SET}', FIXED_SIZE, "SyncSet"),
        ('calculator: "SampleImmediateCalculator"', FIXED_SIZE, "Immediate"),
        (f'calculator: "SampleImmediateCalculator" {SYNC_SET}', "", "SyncSet"),
    ],
)
def test_node_comes_before_class_and_class_before_graph_in_choosing_the_handler(node, graph, handler):
    assert handler_of(node, graph) == f"{handler}InputStreamHandler"
