"""Edge trails: every edge occurs once, in the smallest number of trails."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attention_mesh.models.topology.edge_trails import edge_trails

EDGES = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda e: e[0] != e[1]), max_size=40
)


def edges_of(trails: tuple[np.ndarray, ...]) -> list[tuple[int, int]]:
    steps = [pair for trail in trails for pair in zip(trail[:-1].tolist(), trail[1:].tolist(), strict=True)]
    return [(min(pair), max(pair)) for pair in steps]


@given(EDGES)
def test_every_edge_is_in_exactly_one_trail(edges: list[tuple[int, int]]) -> None:
    assert Counter(edges_of(edge_trails(np.array(edges, int).reshape(-1, 2)))) == Counter(
        {(min(edge), max(edge)) for edge in edges}
    )


@given(EDGES)
def test_there_are_no_more_trails_than_a_graph_needs(edges: list[tuple[int, int]]) -> None:
    unique = {frozenset(edge) for edge in edges}
    neighbors: dict[int, set[int]] = {}
    for a, b in map(tuple, unique):
        neighbors.setdefault(a, set()).add(b)
        neighbors.setdefault(b, set()).add(a)
    needed, left = 0, set(neighbors)
    while left:
        part, waiting = set(), [left.pop()]
        while waiting:
            vertex = waiting.pop()
            part.add(vertex)
            waiting += neighbors[vertex] - part
        left -= part
        needed += max(1, sum(len(neighbors[vertex]) % 2 for vertex in part) // 2)
    assert len(edge_trails(np.array(edges, int).reshape(-1, 2))) == needed


@pytest.mark.parametrize(
    ("edges", "vertices", "is_ring"),
    [
        ([(0, 1), (1, 2), (2, 0)], 4, True),
        ([(5, 3), (3, 9)], 3, False),
        ([(1, 2), (2, 1), (1, 2)], 2, False),
    ],
    ids=["ring comes back to its start", "path", "an edge named three times"],
)
def test_single_trail(edges: list[tuple[int, int]], vertices: int, is_ring: bool) -> None:
    (trail,) = edge_trails(np.array(edges))
    assert trail.dtype == np.int32
    assert len(trail) == vertices
    assert (trail[0] == trail[-1]) == is_ring


def test_no_edges_make_no_trails() -> None:
    assert edge_trails(np.empty((0, 2), int)) == ()
