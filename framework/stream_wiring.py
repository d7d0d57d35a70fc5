"""Ties the ends of a run's streams together."""

from attention_mesh.framework.graph_input import GraphInput
from attention_mesh.framework.quiet_region import find_region
from attention_mesh.framework.runtime_node import RuntimeNode
from attention_mesh.framework.topology import reachable


def connect(nodes: list[RuntimeNode], inputs: dict[str, GraphInput]) -> None:
    """Ties outputs to the queues they feed, and each queue to the sources and inputs it holds back."""
    consumers: dict[str, list] = {}
    for node in nodes:
        for stream in node.streams:
            consumers.setdefault(stream.name, []).append(stream)
    feeds = [*inputs.values(), *nodes]
    position = {id(feed): index for index, feed in enumerate(feeds)}
    successors: list[set[int]] = [set() for _ in feeds]
    for index, feed in enumerate(feeds):
        for output in feed.outputs:
            output.mirrors = tuple(consumers.get(output.name, ()))
            successors[index].update(position[id(stream.node)] for stream in output.mirrors)
            for stream in output.mirrors:
                stream.producer = output
    for feed in feeds:
        for output in feed.outputs:
            output.region = region = find_region(output, nodes)
            for node in region.nodes if region is not None else ():
                node.regions.append(region)
    for index, feed in enumerate(feeds):
        if isinstance(feed, GraphInput) or feed.is_source:
            for place in reachable(index, successors):
                for output in feeds[place].outputs:
                    for stream in output.mirrors:
                        if not stream.back_edge:
                            stream.feeds.append(feed)
