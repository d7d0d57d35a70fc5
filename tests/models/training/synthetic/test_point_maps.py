"""Point maps: a similarity is recovered, and a spline passes through its moves and keeps affine maps."""

import numpy as np
import pytest

from attention_mesh.models.training.synthetic.face_rig import rotation
from attention_mesh.models.training.synthetic.point_maps import radial_spline, similarity

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("dimensions", [2, 3])
def test_a_similarity_is_recovered(dimensions):
    source = RNG.normal(size=(20, dimensions))
    turn = rotation(0, 0, 0.4)[:dimensions, :dimensions].astype(float)
    found = similarity(source, 2.5 * source @ turn.T + 7)
    assert found[0] == pytest.approx(2.5, rel=1e-6)
    np.testing.assert_allclose(found[1], turn, atol=1e-6)
    np.testing.assert_allclose(found[2], 7, atol=1e-6)


def test_a_mirror_image_is_not_mistaken_for_a_rotation():
    source = RNG.normal(size=(20, 3))
    _, turn, _ = similarity(source, source * (-1, 1, 1))
    assert np.linalg.det(turn) == pytest.approx(1)


@pytest.mark.parametrize("dimensions", [2, 3])
def test_a_spline_gives_the_moves_at_its_places(dimensions):
    places, moves = RNG.normal(size=(15, dimensions)), RNG.normal(size=(15, 2))
    np.testing.assert_allclose(radial_spline(places, moves)(places), moves, atol=1e-6)


def test_a_spline_of_an_affine_map_is_that_map_everywhere():
    places, matrix = RNG.normal(size=(15, 2)), np.array([[0.5, 0.2], [-0.1, 0.3]])
    points = 3 * RNG.normal(size=(30, 2))
    moved = radial_spline(places, places @ matrix + 1, softness=0.3)(points)
    np.testing.assert_allclose(moved, points @ matrix + 1, atol=1e-6)


def test_softness_lets_places_that_meet_move_differently():
    places = np.array([[0.0, 0], [0, 1e-9], [1, 0], [0, 1], [1, 1]])
    moves = np.array([[1.0, 0], [-1, 0], [0, 0], [0, 0], [0, 0]])
    assert np.abs(radial_spline(places, moves, softness=0.3)(places)).max() < 2
