"""Side packets in streams."""

import pytest

from attention_mesh.framework import CalculatorGraph, ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.framework.timestamps import POST_STREAM, PRE_STREAM

NAME = "SidePacketToStreamCalculator"


@pytest.mark.parametrize(
    ("tag", "timestamp"),
    [("AT_PRESTREAM", PRE_STREAM), ("AT_POSTSTREAM", POST_STREAM), ("AT_ZERO", 0), ("AT_TIMESTAMP", 77)],
)
def test_the_tag_says_when_it_is_sent(tag, timestamp):
    side = {"": "model"} | ({"TIMESTAMP": 77} if tag == "AT_TIMESTAMP" else {})
    run = run_calculator(NAME, side=side, outputs=[tag])
    assert [(p.timestamp, p.value) for p in run.packets(tag)] == [(timestamp, "model")]


def test_ticks_repeat_it():
    run = run_calculator(
        NAME, {"TICK": [(5, 0), (9, 0)]}, {"": "model"}, outputs=["AT_TICK"], bounds={"TICK": 20}
    )
    assert [(p.timestamp, p.value) for p in run.packets("AT_TICK")] == [(5, "model"), (9, "model")]
    assert run.bound("AT_TICK") == 20


def test_the_first_tick_may_be_enough():
    run = run_calculator(NAME, {"TICK": [(5, 0), (9, 0)]}, {"": "model"}, outputs=["AT_FIRST_TICK"])
    assert [(p.timestamp, p.value) for p in run.packets("AT_FIRST_TICK")] == [(5, "model")]


@pytest.mark.parametrize("scheduler", ["caller", "pool"])
def test_several_side_packets_go_into_several_streams(scheduler):
    graph = CalculatorGraph(
        graph_config=f"""
        input_side_packet: "a"
        input_side_packet: "b"
        output_stream: "first"
        output_stream: "second"
        node {{
          calculator: "{NAME}"
          input_side_packet: "a"
          input_side_packet: "b"
          output_stream: "AT_ZERO:0:first"
          output_stream: "AT_ZERO:1:second"
        }}
        """,
        scheduler=scheduler,
    )
    seen = {}
    for name in ("first", "second"):
        graph.observe_output_stream(name, lambda packet, name=name: seen.update({name: packet.value}))
    graph.start_run({"a": 1, "b": 2})
    graph.wait_until_done()
    assert seen == {"first": 1, "second": 2}


@pytest.mark.parametrize(
    ("inputs", "side", "outputs", "message"),
    [
        ({}, {"": 1}, ["AT_ZERO", "AT_PRESTREAM"], "expected one tag"),
        ({}, {"": 1}, ["AT_ZERO:0", "AT_ZERO:1"], "1 side packets but 2 outputs"),
        ({"TICK": []}, {"": 1}, ["AT_ZERO"], "TICK and outputs AT_TICK or AT_FIRST_TICK belong"),
        ({}, {"": 1}, ["AT_TIMESTAMP"], "TIMESTAMP and outputs AT_TIMESTAMP belong together"),
    ],
)
def test_what_does_not_fit_is_refused(inputs, side, outputs, message):
    with pytest.raises(ConfigError, match=message):
        run_calculator(NAME, inputs, side, outputs=outputs)
