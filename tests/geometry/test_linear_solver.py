"""factorize: small systems by the inverse, large ones by SciPy."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.geometry.linear_solver import DENSE_UP_TO, factorize


def chain(count: int, held: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The entries of a chain of springs whose first end is held."""
    left = np.arange(count - 1)
    rows = np.concatenate([left, left + 1, left, left + 1, [0]])
    columns = np.concatenate([left, left + 1, left + 1, left, [0]])
    ones = np.ones(count - 1)
    return rows, columns, np.concatenate([ones, ones, -ones, -ones, [held]])


@pytest.mark.parametrize("count", [20, DENSE_UP_TO + 1])
def test_a_chain_of_springs_follows_its_held_end(count):
    if count > DENSE_UP_TO:
        pytest.importorskip("scipy", reason="scipy is in the puppet extra")
    solve = factorize(count, *chain(count, 2.0))
    right = np.zeros((count, 3), np.float32)
    right[0] = [2, 4, 6]
    found = solve(right)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, np.tile([1, 2, 3], (count, 1)), rtol=1e-3)


@pytest.mark.parametrize("count", [20, DENSE_UP_TO + 1])
def test_a_system_without_a_solution_is_an_error(count):
    if count > DENSE_UP_TO:
        pytest.importorskip("scipy", reason="scipy is in the puppet extra")
    nothing = np.zeros(0, int)
    with pytest.raises(ValueError, match=f"a system of {count} unknowns has no unique solution"):
        factorize(count, nothing, nothing, np.zeros(0))
