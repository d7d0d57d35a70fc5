"""Runs a graph on packets, and collects what its streams hold."""

from attention_mesh.framework import CalculatorGraph

FRAME_US = 33_333


def run_graph(config, packets: list[dict], streams: tuple[str, ...], side=None, graph_path=()) -> list[dict]:
    """What the streams hold at each timestamp: one dict a dict of packets, without those that are empty."""
    graph = CalculatorGraph(graph_config=config, graph_path=graph_path, scheduler="caller")
    found: list[dict] = [{} for _ in packets]
    for stream in streams:
        graph.observe_output_stream(
            stream, lambda packet, s=stream: found[packet.timestamp // FRAME_US].update({s: packet.value})
        )
    graph.start_run(side or {})
    for index, values in enumerate(packets):
        for stream, value in values.items():
            graph.add_packet(stream, value, index * FRAME_US)
        graph.wait_until_idle()
    graph.close_all_packet_sources()
    graph.wait_until_done()
    return found
