"""Parts of a graph that have nothing to do between packets, through which bounds need not be carried."""

from typing import Any

from attention_mesh.framework.runtime_node import OPEN, RuntimeNode


class QuietRegion:
    """The nodes that get packets from one output only, directly or through one another.

    All of them just hand bounds on. While no packet is among them, a bound that leaves the output holds at
    once for every stream that leaves the region; the bounds inside stay behind, which the next packet makes
    good. A face detector that rests while faces are tracked is such a region: dozens of streams, for which a
    frame costs nothing.

    Attributes:
      nodes: in topological order.
      exits: the streams that leave the region, those from the output to other nodes included.
      quiet: known to hold no packet. Whoever sends a packet on the output sets it to False.
    """

    __slots__ = ("nodes", "exits", "quiet")

    def __init__(self, nodes: list[RuntimeNode], exits: tuple):
        self.nodes = nodes
        self.exits = exits
        self.quiet = False

    def is_quiet(self) -> bool:
        """Whether every node of the region is open and has nothing to do."""
        if not self.quiet:
            self.quiet = all(
                node.state == OPEN
                and not node.queued
                and not node.running
                and not any(stream.queue for stream in node.streams)
                for node in self.nodes
            )
        return self.quiet


def find_region(output: Any, nodes: list[RuntimeNode]) -> QuietRegion | None:
    """The region behind an output; None where it is too small to gain anything. `nodes` in graph order."""
    inside, carriers = [], {id(output)}
    for node in nodes:
        if node.hands_bounds_on and all(
            id(stream.producer) in carriers and not stream.back_edge for stream in node.streams
        ):
            inside.append(node)
            carriers.update(id(port) for port in node.outputs)
    if len(inside) < _WORTHWHILE:
        return None
    members = {id(node) for node in inside}
    ports = [output, *(port for node in inside for port in node.outputs)]
    exits = tuple(stream for port in ports for stream in port.mirrors if id(stream.node) not in members)
    return QuietRegion(inside, exits)


_WORTHWHILE = 3
