from hypothesis import given
from hypothesis import strategies as st

from attention_mesh.framework.topology import find_cycle, reachable, topological_order

graphs = st.integers(1, 9).flatmap(
    lambda size: st.lists(st.sets(st.integers(0, size - 1)), min_size=size, max_size=size)
)


def test_order_keeps_the_given_one_where_the_edges_allow_it():
    assert topological_order([set(), {3}, set(), set()]) == [0, 2, 3, 1]


def test_order_of_nothing_is_nothing():
    assert topological_order([]) == []


@given(graphs)
def test_order_has_predecessors_first_or_there_is_a_cycle_of_true_edges(edges):
    order = topological_order(edges)
    cycle = find_cycle(edges)
    assert (order is None) == bool(cycle)
    if order is not None:
        assert sorted(order) == list(range(len(edges)))
        assert all(order.index(before) < order.index(node) for node in order for before in edges[node])
    else:
        assert cycle[0] == cycle[-1]
        assert all(before in edges[node] for before, node in zip(cycle, cycle[1:], strict=False))


@given(graphs)
def test_reachable_is_closed_under_successors_and_holds_the_start(successors):
    found = reachable(0, successors)
    assert 0 in found
    assert all(following in found for node in found for following in successors[node])
    # Something leads to every node but the start.
    assert all(node == 0 or any(node in successors[other] for other in found) for node in found)
