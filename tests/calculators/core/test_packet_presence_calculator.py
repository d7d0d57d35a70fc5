"""Is there a packet?"""

import pytest

from attention_mesh.framework import CalculatorGraph
from attention_mesh.framework.testing import run_calculator


def test_packets_are_present_and_moved_bounds_are_not():
    run = run_calculator("PacketPresenceCalculator", {"PACKET": [(5, "a"), (6, "b")]}, bounds={"PACKET": 10})
    assert [(p.timestamp, p.value) for p in run.packets("PRESENCE")] == [(5, True), (6, True), (9, False)]


@pytest.mark.parametrize("scheduler", ["caller", "pool"])
def test_with_a_gate_it_fills_gaps(scheduler):
    graph = CalculatorGraph(
        graph_config="""
        input_stream: "all"
        input_stream: "wanted"
        output_stream: "rest"
        node {
          calculator: "GateCalculator"
          input_stream: "all"
          input_stream: "ALLOW:wanted"
          output_stream: "some"
        }
        node {
          calculator: "PacketPresenceCalculator"
          input_stream: "PACKET:some"
          output_stream: "PRESENCE:is_there"
        }
        node {
          calculator: "GateCalculator"
          input_stream: "all"
          input_stream: "DISALLOW:is_there"
          output_stream: "rest"
        }
        """,
        scheduler=scheduler,
    )
    seen = []
    graph.observe_output_stream("rest", lambda packet: seen.append(packet.value))
    graph.start_run({})
    for timestamp in range(6):
        graph.add_packet("all", timestamp, timestamp)
        graph.add_packet("wanted", timestamp % 3 == 0, timestamp)
        graph.wait_until_idle()
    graph.close_all_packet_sources()
    graph.wait_until_done()
    assert seen == [1, 2, 4, 5]
