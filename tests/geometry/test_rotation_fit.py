"""Rotation fit: similarities and many rotations at once."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.geometry.rotation_fit import SimilarityFit, nearest_rotations
from attention_mesh.models.training.synthetic.face_rig import rotation

RANDOM = np.random.default_rng(1)
POINTS = RANDOM.normal(0, 3, (12, 3))


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


@pytest.mark.parametrize("scale", [1.0, 2.5])
def test_a_similarity_is_found_and_undone(scale):
    turn, shift = rotation(0.8, -0.5, 2.0), np.array([4.0, -1.0, -40.0])
    targets = (scale * POINTS @ turn.T + shift)[None].astype(np.float32)
    found = SimilarityFit(POINTS, np.ones(12))(targets)
    np.testing.assert_allclose(found.rotation[0], turn, atol=1e-4)
    np.testing.assert_allclose(found.scale, scale, rtol=1e-4)
    np.testing.assert_allclose(found.apply(POINTS.astype(np.float32)), targets, atol=1e-3)
    np.testing.assert_allclose(found.undo(targets)[0], POINTS, atol=1e-3)


def test_without_scale_the_scale_is_one():
    found = SimilarityFit(POINTS, np.ones(12), with_scale=False)((3 * POINTS)[None].astype(np.float32))
    np.testing.assert_array_equal(found.scale, 1)
    np.testing.assert_allclose(found.rotation[0], np.eye(3), atol=1e-5)


def test_a_mirror_image_is_not_a_rotation():
    found = SimilarityFit(POINTS, np.ones(12))((POINTS * [-1, 1, 1])[None].astype(np.float32))
    assert np.linalg.det(found.rotation[0]) == pytest.approx(1, abs=1e-4)


def test_points_without_weight_do_not_count():
    targets = (POINTS + 1)[None].astype(np.float32)
    targets[0, 0] += 100
    weights = np.r_[1e-12, np.ones(11)]
    np.testing.assert_allclose(SimilarityFit(POINTS, weights)(targets).shift, [[1, 1, 1]], atol=1e-3)


@pytest.mark.parametrize("points", [POINTS[:1], np.outer(np.arange(5.0), [1, 2, 3])])
def test_points_that_tell_no_rotation_are_moved_only(points):
    found = SimilarityFit(points, np.ones(len(points)))((points + 2)[None].astype(np.float32))
    np.testing.assert_array_equal(found.rotation[0], np.eye(3))
    np.testing.assert_allclose(found.apply(points.astype(np.float32))[0], points + 2, atol=1e-4)


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
