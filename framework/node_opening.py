"""NodeOpening: opens the nodes of a run, each once the side packets that it takes are there."""

import time
from collections.abc import Callable
from typing import Any

from attention_mesh.framework.errors import GraphError
from attention_mesh.framework.runtime_node import RuntimeNode
from attention_mesh.framework.streams import CLOSED
from attention_mesh.framework.timestamps import UNSET


class NodeOpening:
    """Opens nodes and hands on side packets.

    Most side packets are there when the run starts. A node that takes one which another node makes later
    waits, unopened. Meanwhile its packets lie in their queues.

    Attributes:
      waiting: the nodes that wait, in the order of the graph. Their `lacks` names the side packets.
    """

    def __init__(
        self,
        nodes: list[RuntimeNode],
        flush: Callable[[RuntimeNode], None],
        push: Callable[[RuntimeNode], None],
        fail: Callable[[BaseException], None],
    ) -> None:
        """Takes the nodes in the order of the graph, and the scheduler's functions of these names."""
        self.waiting: list[RuntimeNode] = []
        self._nodes = nodes
        self._flush, self._push, self._fail = flush, push, fail
        self._side_packets: dict[str, Any] = {}

    def open_all(self, side_packets: dict[str, Any]) -> None:
        """Opens every node whose side packets are there.

        Args:
          side_packets: name → value of those the caller gives; the nodes' own are added.

        Raises what the nodes' `open` raises.
        """
        self._side_packets = side_packets
        made = {port.name for node in self._nodes for _, port in node.side_outputs}
        for node in self._nodes:
            node.lacks = {port.name for _, port in node.side_inputs} & made - side_packets.keys()
            if node.lacks:
                self.waiting.append(node)
            else:
                self._open(node)

    def open_waiting(self, node: RuntimeNode) -> None:
        """Takes the side packets that a node has made since it was opened, and opens those that lacked them.

        They become candidates. An error ends the run.
        """
        try:
            node.hand_over_late("process")
            for other in list(self.waiting):
                other.lacks -= self._side_packets.keys()
                if not other.lacks:
                    self.waiting.remove(other)
                    self._open(other)
                    self._push(other)
        except GraphError as error:
            self._fail(error)

    def give_up(self) -> RuntimeNode:
        """Closes the first node that waits, because what it waits for will not come. It was never open."""
        node = self.waiting.pop(0)
        node.state = CLOSED
        return node

    def _open(self, node: RuntimeNode) -> None:
        start = time.perf_counter_ns()
        node.open(self._side_packets)
        self._flush(node)
        if node.stats is not None:
            node.stats.add("open", start, time.perf_counter_ns(), UNSET)
