"""The demux alone: the channels of packets. Its test as a part of SwitchContainer is there."""

import pytest

from attention_mesh.framework import ConfigError, ValidatedGraph
from attention_mesh.framework.testing import run_calculator

OUTPUTS = ["C0__A", "C1__A", "C0__B", "C1__B"]


def run(inputs, options="", **arguments):
    return run_calculator("SwitchDemuxCalculator", inputs, options=options, outputs=OUTPUTS, **arguments)


def test_each_packet_goes_to_the_channel_chosen_at_its_timestamp():
    data = [(t, t) for t in (1, 2, 3, 4)]
    out = run({"A": data, "B": data, "SELECT": [(2, 1), (4, 0)]})
    assert [out.values(port) for port in OUTPUTS] == [[1, 4], [2, 3], [1, 4], [2, 3]]


def test_data_wait_until_the_choice_is_known_and_bounds_tell_of_it():
    out = run({"A": [(1, 1), (5, 5)], "B": [], "ENABLE": [(1, False)]})
    assert (out.values("C0__A"), out.bound("C0__A")) == ([1], 2)
    out = run({"A": [(1, 1), (5, 5)], "B": [], "ENABLE": [(1, False)]}, bounds={"ENABLE": 8})
    assert (out.values("C0__A"), out.bound("C0__A")) == ([1, 5], 6)


def test_channel_that_is_left_is_told_that_nothing_comes_before_the_next_has_its_turn():
    out = run({"A": [(1, 1), (9, 9)], "B": [(9, 9)], "SELECT": [(1, 0), (7, 1), (9, 1)]})
    assert [out.bound(port) for port in OUTPUTS] == [7, 10, 7, 10]


def test_channel_without_outputs_drops_its_packets():
    out = run({"A": [(1, 1), (2, 2)], "B": [], "SELECT": [(1, 5), (2, 0)]})
    assert out.values("C0__A") == [2] and out.values("C1__A") == []


def test_synchronize_io_brings_the_inputs_of_a_timestamp_together():
    graph = ValidatedGraph("""input_stream: "a"
    node { calculator: "SwitchDemuxCalculator" input_stream: "A:a" output_stream: "C0__A:b"
           options { [mediapipe.SwitchContainerOptions.ext] { synchronize_io: true } } }""")
    assert graph.nodes[0].input_handler == "DefaultInputStreamHandler"


@pytest.mark.parametrize(
    ("outputs", "problem"),
    [
        (["B"], 'port "B:0" belongs to no channel; expected a tag such as C0__B'),
        (["C0__B"], 'a channel has "B:0", but there is no such input'),
    ],
)
def test_outputs_that_belong_to_no_input_are_refused(outputs, problem):
    with pytest.raises(ConfigError) as caught:
        run_calculator("SwitchDemuxCalculator", {"A": []}, outputs=outputs)
    assert problem in str(caught.value)
