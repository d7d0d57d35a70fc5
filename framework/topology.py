"""Topology of a graph: order, cycles, reach. `edges` has, for each node, the set of its predecessors."""

import heapq


def topological_order(edges: list[set[int]]) -> list[int] | None:
    """Node indices with predecessors first, otherwise in their given order; None if there is a cycle."""
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
    return order if len(order) == len(edges) else None


def find_cycle(edges: list[set[int]]) -> list[int]:
    """Nodes of one cycle in the direction of flow, its first node again at the end; empty if none."""
    remaining = set(range(len(edges)))
    while True:
        free = {node for node in remaining if not edges[node] & remaining}
        if not free:
            break
        remaining -= free
    if not remaining:
        return []
    path = [min(remaining)]
    while True:
        following = min(edges[path[-1]] & remaining)
        if following in path:
            cycle = path[path.index(following) :] + [following]
            return cycle[::-1]
        path.append(following)


def reachable(start: int, successors: list[set[int]]) -> set[int]:
    """All nodes that can be reached from `start`, itself included."""
    found, stack = set(), [start]
    while stack:
        node = stack.pop()
        if node not in found:
            found.add(node)
            stack.extend(successors[node])
    return found
