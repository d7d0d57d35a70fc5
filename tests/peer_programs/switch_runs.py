"""For MediaPipe's Python: runs graphs of ints and bools, and prints what comes out after each packet.

Reads JSON from stdin: a list of [config text, [[stream, value, timestamp], …]]; prints JSON: for each the
list of steps, the last of them after closing, each a list of [timestamp, value] of stream "out". See
`switch_steps` in core/test_switch_container.py.
"""

import json
import sys

from google.protobuf import text_format
from mediapipe.framework import calculator_pb2
from mediapipe.framework.tool import switch_container_pb2  # noqa: F401  (makes its options known)
from mediapipe.python import CalculatorGraph, packet_creator, packet_getter


def run(text: str, feed: list) -> list:
    config = text_format.Parse(text, calculator_pb2.CalculatorGraphConfig())
    graph = CalculatorGraph(graph_config=config)
    received: list = []
    graph.observe_output_stream(
        "out", lambda _, packet: received.append((packet.timestamp.value, packet_getter.get_int(packet)))
    )
    graph.start_run()
    steps = []
    for stream, value, timestamp in feed:
        create = packet_creator.create_bool if isinstance(value, bool) else packet_creator.create_int
        graph.add_packet_to_input_stream(stream, create(value).at(timestamp))
        graph.wait_until_idle()
        steps.append(received[:])
        received.clear()
    graph.close_all_packet_sources()
    graph.wait_until_done()
    return [*steps, received]


json.dump([run(*case) for case in json.load(sys.stdin)], sys.stdout)
