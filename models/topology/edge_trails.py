"""Edge trails: joins single lines into few long polylines, which draw much faster."""

import numpy as np


def edge_trails(edges: np.ndarray) -> tuple[np.ndarray, ...]:
    """Splits an undirected graph into trails that use every edge exactly once (Hierholzer's method).

    Args:
        edges: (E, 2) int, pairs of vertex indices. A pair that occurs twice counts once.

    Returns:
        int32 arrays of at least two vertex indices, each joined to the next by an edge. Their number is the
        smallest possible: in each connected part, half the number of vertices with an odd degree, or one. In
        a part without odd vertices the trail is closed: it ends at its first vertex.
    """
    neighbors: dict[int, list[int]] = {}
    for a, b in dict.fromkeys((min(a, b), max(a, b)) for a, b in np.asarray(edges).tolist()):
        neighbors.setdefault(a, []).append(b)
        neighbors.setdefault(b, []).append(a)

    # Bridges pair the odd vertices, so that every part has a closed tour, which is then cut at the bridges.
    bridges: set[tuple[int, int]] = set()
    trails = []
    for part in _connected_parts(neighbors):
        odd = [vertex for vertex in part if len(neighbors[vertex]) % 2]
        for a, b in zip(odd[::2], odd[1::2], strict=True):
            # A marker vertex tells a bridge from an edge between the same two vertices.
            marker = -1 - len(bridges)
            bridges.add((marker, a))
            neighbors[marker] = [a, b]
            neighbors[a].append(marker)
            neighbors[b].append(marker)
        start = -len(bridges) if odd else part[0]
        trails.extend(_cut(_closed_tour(neighbors, start)))
    return tuple(np.array(trail, np.int32) for trail in trails)


def _connected_parts(neighbors: dict[int, list[int]]) -> list[list[int]]:
    """The vertices of each connected part, in the order of their first occurrence."""
    parts, seen = [], set()
    for first in neighbors:
        if first in seen:
            continue
        part, waiting = [], [first]
        seen.add(first)
        while waiting:
            vertex = waiting.pop()
            part.append(vertex)
            for other in neighbors[vertex]:
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        parts.append(part)
    return parts


def _closed_tour(neighbors: dict[int, list[int]], start: int) -> list[int]:
    """An Eulerian circuit from `start`; empties the lists of neighbors."""
    tour, path = [], [start]
    while path:
        vertex = path[-1]
        if neighbors[vertex]:
            other = neighbors[vertex].pop()
            neighbors[other].remove(vertex)
            path.append(other)
        else:
            tour.append(path.pop())
    return tour


def _cut(tour: list[int]) -> list[list[int]]:
    """Cuts a circuit at the (negative) markers of bridges."""
    trails: list[list[int]] = [[]]
    for vertex in tour:
        if vertex < 0:
            trails.append([])
        else:
            trails[-1].append(vertex)
    return [trail for trail in trails if len(trail) > 1]
