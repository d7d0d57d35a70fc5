import pytest

from attention_mesh.framework import CalculatorGraph
from attention_mesh.framework.timestamps import POST_STREAM, PRE_STREAM
from attention_mesh.tests.framework.graph_problems import only_problem_of
from attention_mesh.tests.framework.handler_steps import Steps


def aligned(base: str = 'timestamp_base_tag_index: ":1"') -> str:
    return f"""input_stream: "video" input_stream: "camera"
    node {{ name: "pair" calculator: "TogetherCalculator" input_stream: "video" input_stream: "camera"
      output_stream: "OUT:out" input_stream_handler {{
        input_stream_handler: "TimestampAlignInputStreamHandler"
        options {{ [mediapipe.TimestampAlignInputStreamHandlerOptions.ext] {{ {base} }} }} }} }}"""


def test_base_runs_alone_until_every_other_input_has_a_packet_then_both_in_the_bases_time():
    steps = Steps(aligned())
    assert steps.add("camera", 101, "c1") == [(0, (101, [None, "c1"]))]
    assert steps.add("video", 1, "v1") == []
    assert steps.add("camera", 103, "c3") == [(1, (103, ["v1", "c3"]))]
    assert steps.add("camera", 104, "c4") == []
    assert steps.add("video", 2, "v2") == [(2, (104, ["v2", "c4"]))]
    assert steps.add("video", 4, "v4") == []
    assert steps.end() == [(3, (106, ["v4", None]))]


def test_once_aligned_a_bound_of_the_other_input_settles_timestamps_too():
    steps = Steps(aligned())
    steps.add("video", 0, "v")
    assert steps.add("camera", 50, "c") == [(0, (50, ["v", "c"]))]
    assert steps.add("camera", 60, "c") == []
    assert steps.bound("video", 10) == []
    assert steps.bound("video", 11) == [(1, (60, [None, "c"]))]
    assert steps.end() == []


def test_process_sees_the_bases_timestamp_in_shifted_packets_and_the_other_readers_do_not():
    with CalculatorGraph(aligned(), scheduler="caller") as graph:
        seen: list = []
        graph.observe_output_stream("video", lambda packet: seen.append(packet.timestamp))
        graph.start_run()
        graph.add_packet("video", "v", 7)
        graph.add_packet("camera", "c", 200)
        graph.wait_until_idle()
        pair = next(node.calculator for node in graph._run.nodes if node.name == "pair")
        assert [port.packet.timestamp for port in pair.entries] == [200, 200]
    assert seen == [7]


def test_an_input_that_ends_without_a_packet_leaves_the_base_alone():
    steps = Steps(aligned())
    steps.graph.close_input_stream("video")
    assert steps.add("camera", 5, "c5") == [(0, (5, [None, "c5"]))]
    assert steps.add("camera", 6, "c6") == [(1, (6, [None, "c6"]))]
    assert steps.end() == []


def test_base_that_ends_before_the_inputs_are_aligned_ends_the_node():
    steps = Steps(aligned())
    assert steps.add("video", 5, "v5") == []
    steps.graph.close_input_stream("camera")
    assert steps.come() == []
    assert steps.end() == []


def test_special_timestamps_are_not_shifted():
    steps = Steps(aligned())
    steps.add("video", 10, "v")
    assert steps.add("camera", 0, "c") == [(0, (0, ["v", "c"]))]
    assert steps.add("video", POST_STREAM, "last") == []
    assert steps.add("camera", 5, "c") == [(1, (5, [None, "c"]))]
    assert steps.end() == [(2, (POST_STREAM, ["last", None]))]


def test_header_packet_of_the_base_comes_before_everything():
    steps = Steps(aligned())
    assert steps.add("camera", PRE_STREAM, "header") == [(0, (PRE_STREAM, [None, "header"]))]
    assert steps.end() == []


def test_single_input_is_its_own_base():
    config = """input_stream: "a"
    node { calculator: "TogetherCalculator" input_stream: "a" output_stream: "OUT:out"
      input_stream_handler { input_stream_handler: "TimestampAlignInputStreamHandler" } }"""
    steps = Steps(config)
    assert steps.add("a", 3, "a3") == [(0, (3, ["a3"]))]
    assert steps.end() == []


@pytest.mark.parametrize("base, named", [(":2", ":2"), ("CAMERA", "CAMERA:0")])
def test_base_that_is_not_connected_is_refused_with_those_that_are(base, named):
    assert only_problem_of(aligned(f'timestamp_base_tag_index: "{base}"')) == (
        'node "pair" (TogetherCalculator): TimestampAlignInputStreamHandler: timestamp_base_tag_index names '
        f'"{named}", which is not connected (connected: ":0", ":1")'
    )
