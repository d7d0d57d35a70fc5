"""The streams of a puppet: their addresses and what the user reads of them."""

import pytest

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.puppet.streams import STREAMS, PuppetCounts, stream_side_packets
from attention_mesh.framework import CalculatorGraph
from attention_mesh.media.udp_sender import SendCounts


def test_streams_that_were_not_asked_for_rest():
    assert stream_side_packets({}) == {
        "vmc_address": "",
        "ifacialmocap_address": "",
        "livelink_address": "",
    }


@pytest.mark.parametrize(
    ("flag", "text", "packet", "address"),
    [
        ("--vmc", "127.0.0.1", "vmc_address", "127.0.0.1:39539"),
        ("--vmc", "pc:5000", "vmc_address", "pc:5000"),
        ("--ifacialmocap", "::1", "ifacialmocap_address", "[::1]:49983"),
        ("--livelink", "pc", "livelink_address", "pc:11111"),
    ],
)
def test_an_address_gets_the_port_of_its_protocol(flag, text, packet, address):
    assert stream_side_packets({flag: text})[packet] == address


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.flag)
@pytest.mark.parametrize("text", ["", "pc:0", "http://pc"])
def test_another_text_is_an_error_that_names_the_option(stream, text):
    with pytest.raises(UsageError, match=f'^{stream.flag} "{text}'):
        stream_side_packets({stream.flag: text})


ECHO = """
input_stream: "recorded"
input_stream: "vmc_sent"
input_stream: "ifacialmocap_sent"
input_stream: "livelink_sent"
node { calculator: "PassThroughCalculator" input_stream: "vmc_sent" output_stream: "same" }
"""


@pytest.mark.parametrize(
    ("counts", "summary", "trouble"),
    [
        (SendCounts("pc:1", 1, 0, 0), "--vmc pc:1: 1 datagram sent", None),
        (
            SendCounts("pc:1", 9, 8, 0),
            "--vmc pc:1: 9 datagrams sent",
            "--vmc pc:1: refused 8 times, because no program listens there",
        ),
        (
            SendCounts("pc:1", 0, 0, 3, "Network is unreachable"),
            "--vmc pc:1: 0 datagrams sent",
            "--vmc pc:1: 3 datagrams could not be sent (Network is unreachable)",
        ),
    ],
)
def test_the_newest_counts_are_told(counts, summary, trouble):
    kept = PuppetCounts()
    with CalculatorGraph(graph_config=ECHO) as graph:
        kept.observe(graph)
        graph.start_run({})
        graph.add_packet("vmc_sent", SendCounts("pc:1", 0, 0, 0), 0)
        graph.add_packet("vmc_sent", counts, 1)
        graph.add_packet("recorded", 7, 1)
    assert kept.recorded == 7
    assert kept.lines() == [(summary, trouble)]
