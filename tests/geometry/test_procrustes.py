"""Weighted Procrustes: known similarities, weights, reflections, and wrong input."""

import numpy as np
import pytest

from attention_mesh.geometry.procrustes import WeightedProcrustes


def _rotations(count: int, rng: np.random.Generator) -> np.ndarray:
    rotations = np.linalg.qr(rng.normal(size=(count, 3, 3)))[0]
    return rotations * np.sign(np.linalg.det(rotations))[:, None, None]


def test_known_similarities_are_found():
    rng = np.random.default_rng(0)
    source, scales = rng.normal(size=(20, 3)), rng.uniform(0.01, 100, 30)
    rotations, places = _rotations(30, rng), rng.normal(size=(30, 3))
    targets = scales[:, None, None] * (source @ rotations.transpose(0, 2, 1)) + places[:, None]
    found = WeightedProcrustes(source, rng.uniform(0, 1, 20)).fit(targets)
    np.testing.assert_allclose(found.scales, scales, rtol=1e-9)
    np.testing.assert_allclose(found.rotations, rotations, atol=1e-9)
    np.testing.assert_allclose(found.translations, places, atol=1e-7)


def test_the_fit_is_the_nearest_one():
    """No small change of the solution comes nearer to noisy targets, by the weighted squares."""
    rng = np.random.default_rng(1)
    source, weights = rng.normal(size=(12, 3)), rng.uniform(0.1, 2, 12)
    target = source * 1.5 + rng.normal(0, 0.4, source.shape)
    scales, rotations, places = (
        values[0] for values in WeightedProcrustes(source, weights).fit(target[None])
    )

    def error(scale: float, rotation: np.ndarray, place: np.ndarray) -> float:
        return float((weights * ((scale * source @ rotation.T + place - target) ** 2).sum(1)).sum())

    best = error(scales, rotations, places)
    for _ in range(50):
        axis = rng.normal(0, 1e-3, 3)
        skew = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
        turn = np.linalg.inv(np.eye(3) - skew / 2) @ (np.eye(3) + skew / 2)  # Cayley: a rotation
        scale = scales * (1 + rng.normal(0, 1e-3))
        assert error(scale, turn @ rotations, places + rng.normal(0, 1e-3, 3)) > best


def test_points_of_weight_0_do_not_count():
    rng = np.random.default_rng(2)
    source = rng.normal(size=(10, 3))
    targets = source[None] * 2 + 1
    weights = np.r_[np.ones(7), np.zeros(3)]
    targets[:, 7:] += 100
    found = WeightedProcrustes(source, weights).fit(targets)
    np.testing.assert_allclose(found.rotations, np.eye(3)[None], atol=1e-9)
    np.testing.assert_allclose(found.scales, 2)


def test_a_mirror_image_is_not_fitted_by_a_reflection():
    source = np.random.default_rng(3).normal(size=(10, 3))
    found = WeightedProcrustes(source).fit((source * (-1, 1, 1))[None])
    assert np.linalg.det(found.rotations[0]) == pytest.approx(1)


def test_a_flat_set_has_a_rotation():
    rng = np.random.default_rng(4)
    source = rng.normal(size=(8, 3)) * (1, 1, 0)
    rotation = _rotations(1, rng)
    found = WeightedProcrustes(source).fit(source @ rotation.transpose(0, 2, 1))
    np.testing.assert_allclose(found.rotations, rotation, atol=1e-7)


def test_no_set_and_a_set_that_is_one_point():
    source = np.random.default_rng(5).normal(size=(4, 3))
    fit = WeightedProcrustes(source)
    assert fit.fit(np.zeros((0, 4, 3))).rotations.shape == (0, 3, 3)
    assert fit.fit(np.ones((1, 4, 3))).scales[0] == pytest.approx(0, abs=1e-12)


def test_similarities_are_applied_and_undone_in_the_dtype_of_the_points():
    rng = np.random.default_rng(6)
    source = rng.normal(0, 3, (12, 3)).astype(np.float32)
    targets = (2.5 * source @ _rotations(4, rng).transpose(0, 2, 1) + (4, -1, -40)).astype(np.float32)
    found = WeightedProcrustes(source).fit(targets)
    np.testing.assert_allclose(found.apply(source), targets, atol=1e-4)  # float32 at 45
    np.testing.assert_allclose(found.undo(targets), np.repeat(source[None], 4, 0), atol=1e-4)
    assert found.apply(source).dtype == found.undo(targets).dtype == np.float32


def test_without_scale_the_scale_is_one():
    source = np.random.default_rng(7).normal(size=(10, 3))
    found = WeightedProcrustes(source, with_scale=False).fit(3 * source[None] + 1)
    np.testing.assert_array_equal(found.scales, 1)
    np.testing.assert_allclose(found.rotations, np.eye(3)[None], atol=1e-9)
    np.testing.assert_allclose(found.translations[0], (3 * source + 1 - source).mean(0))


@pytest.mark.parametrize(
    ("points", "scale"), [(np.array([[7.0, 1, 2]]), 1), (np.outer(np.arange(5.0), [1, 2, 3]), 2)]
)
def test_points_that_tell_no_rotation_are_moved_only(points: np.ndarray, scale: float):
    found = WeightedProcrustes(points, needs_rotation=False).fit((scale * points + 2)[None])
    np.testing.assert_array_equal(found.rotations[0], np.eye(3))
    np.testing.assert_allclose(found.scales, scale)
    np.testing.assert_allclose(found.apply(points)[0], scale * points + 2)


@pytest.mark.parametrize(
    ("source", "weights", "message"),
    [
        (np.zeros((4, 2)), None, "expected \\(points, 3\\)"),
        (np.eye(3), np.ones(4), "one for each of 3 points"),
        (np.eye(3), -np.ones(3), "not negative"),
        (np.eye(3), np.zeros(3), "not all 0"),
        (np.eye(3), np.array([1, 1, np.nan]), "finite"),
        (np.arange(4)[:, None] * np.ones(3), None, "on a line"),
    ],
)
def test_a_wrong_source_is_named(source: np.ndarray, weights: np.ndarray, message: str):
    with pytest.raises(ValueError, match=message):
        WeightedProcrustes(source, weights)


def test_wrong_targets_are_named():
    fit = WeightedProcrustes(np.eye(3))
    with pytest.raises(ValueError, match=r"expected \(F, 3, 3\)"):
        fit.fit(np.zeros((2, 4, 3)))
    targets = np.stack([np.eye(3)] * 3)
    targets[1, 0, 0] = np.nan
    with pytest.raises(ValueError, match="face 1 are not finite"):
        fit.fit(targets)
