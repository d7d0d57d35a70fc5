"""Rotation fit: many rotations at once."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.geometry.rotation_fit import nearest_rotations

RANDOM = np.random.default_rng(1)


def angles(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(N,) degrees between rotations (3, 3, N)."""
    traces = np.einsum("cdn,cdn->n", first.astype(float), second.astype(float))
    return np.degrees(np.arccos(((traces - 1) / 2).clip(-1, 1)))


def covariances_of_turned_points(degrees: float, count: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """Covariances (3, 3, N) of flat neighborhoods that turn about random axes, and the rotations."""
    turns, sums = [], []
    for _ in range(count):
        axis = RANDOM.normal(size=3)
        axis *= np.radians(degrees) / np.linalg.norm(axis)
        x, y, z = axis
        generator = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
        angle = np.radians(degrees)
        turn = (
            np.eye(3)
            + np.sin(angle) / angle * generator
            + (1 - np.cos(angle)) / angle**2 * generator @ generator
        )
        around = RANDOM.normal(size=(6, 3)) * [1, 1, 0.05]
        turns.append(turn)
        sums.append((around @ turn.T).T @ around)
    return np.stack(sums, 2).astype(np.float32), np.stack(turns, 2)


@pytest.mark.parametrize(("degrees", "first", "second"), [(5, 0.1, 0.05), (20, 0.6, 0.05), (45, 8.0, 0.2)])
def test_one_call_finds_small_rotations_and_a_second_finds_larger_ones(degrees, first, second):
    sums, turns = covariances_of_turned_points(degrees)
    found = nearest_rotations(sums)
    assert np.median(angles(found, turns)) < first
    assert np.median(angles(nearest_rotations(sums, found), turns)) < second


def test_results_are_rotations_for_any_matrix():
    sums = RANDOM.normal(size=(3, 3, 500)).astype(np.float32)
    sums[:, :, 0] = 0
    found = nearest_rotations(sums)
    products = np.einsum("cdn,cen->den", found, found)
    np.testing.assert_allclose(products, np.repeat(np.eye(3)[:, :, None], 500, 2), atol=1e-5)
    np.testing.assert_array_equal(found[:, :, 0], np.eye(3))
