"""Topology of a graph: order, cycles, reach. `edges` has, for each node, the set of its predecessors."""

import heapq


def topological_order(edges: list[set[int]]) -> list[int] | None:
    """Node indices with predecessors first, otherwise in their given order; None if there is a cycle."""
    order = _free_first(edges)
    return order if len(order) == len(edges) else None


def _free_first(edges: list[set[int]]) -> list[int]:
    """The nodes that neither lie on a cycle nor behind one, in the order of `topological_order`."""
    waiting = [len(before) for before in edges]
    after: list[list[int]] = [[] for _ in edges]
    for node, before in enumerate(edges):
        for other in before:
            after[other].append(node)
    ready = [node for node, count in enumerate(waiting) if count == 0]
    heapq.heapify(ready)
    order = []
    while ready:
        node = heapq.heappop(ready)
        order.append(node)
        for other in after[node]:
            waiting[other] -= 1
            if waiting[other] == 0:
                heapq.heappush(ready, other)
    return order


def find_cycle(edges: list[set[int]]) -> list[int]:
    """Nodes of one cycle in the direction of flow, its first node again at the end; empty if none."""
    remaining = set(range(len(edges))) - set(_free_first(edges))
    if not remaining:
        return []
    node = min(remaining)
    place: dict[int, int] = {}  # of each node on the way
    while node not in place:
        place[node] = len(place)
        node = min(edges[node] & remaining)
    cycle = [*list(place)[place[node] :], node]
    return cycle[::-1]


def reachable(start: int, successors: list[set[int]]) -> set[int]:
    """All nodes that can be reached from `start`, itself included."""
    found, stack = set(), [start]
    while stack:
        node = stack.pop()
        if node not in found:
            found.add(node)
            stack.extend(successors[node])
    return found
