"""Runs graphs of numbers with mediapipe and writes what comes out: core_graphs.py cases.json outputs.json.

A case: graph (text), side ({name: [kind, value]}), packets ([stream, kind, value, timestamp]), in order, each
waited for, and watched ({stream: kind}). Its outputs: {stream: [[timestamp, value] …]}.
"""

import json
import sys

import mediapipe as mp

CREATE = {
    "bool": mp.packet_creator.create_bool,
    "float": mp.packet_creator.create_float,
    "floats": mp.packet_creator.create_float_vector,
    "int": mp.packet_creator.create_int,
    "ints": mp.packet_creator.create_int_vector,
    "str": mp.packet_creator.create_string,
}
GET = {
    "bool": mp.packet_getter.get_bool,
    "float": mp.packet_getter.get_float,
    "floats": mp.packet_getter.get_float_list,
    "int": mp.packet_getter.get_int,
    "ints": mp.packet_getter.get_int_list,
    "str": mp.packet_getter.get_str,
}


def run(case: dict) -> dict:
    graph = mp.CalculatorGraph(graph_config=case["graph"])
    outputs = {stream: [] for stream in case["watched"]}
    for stream, kind in case["watched"].items():

        def keep(name, packet, kind=kind):
            outputs[name].append([packet.timestamp.value, GET[kind](packet)])

        graph.observe_output_stream(stream, keep)
    graph.start_run({name: CREATE[kind](value) for name, (kind, value) in case["side"].items()})
    for stream, kind, value, timestamp in case["packets"]:
        graph.add_packet_to_input_stream(stream=stream, packet=CREATE[kind](value).at(timestamp))
        graph.wait_until_idle()
    graph.close_all_packet_sources()
    graph.wait_until_done()
    return outputs


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        cases = json.load(file)
    results = {name: run(case) for name, case in cases.items()}
    with open(sys.argv[2], "w") as file:
        json.dump(results, file)
