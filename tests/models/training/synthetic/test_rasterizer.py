"""Rasterizer: coverage, depth, culling, and shares that reproduce the pixel's place."""

import numpy as np

from attention_mesh.models.training.synthetic.rasterizer import interpolate, rasterize

# Counter-clockwise on the screen, whose y points down.
SQUARE = np.array([[2, 2, 5], [2, 12, 5], [12, 12, 5], [12, 2, 5]], np.float32)
TRIANGLES = np.array([[0, 1, 2], [0, 2, 3]], np.int32)


def test_a_square_covers_the_pixels_whose_centers_lie_in_it():
    indices, shares = rasterize(SQUARE, TRIANGLES, 16, 20)
    expected = np.zeros((16, 20), bool)
    expected[2:12, 2:12] = True
    np.testing.assert_array_equal(indices >= 0, expected)
    np.testing.assert_allclose(shares[expected].sum(1), 1, atol=1e-5)


def test_shares_give_back_where_the_pixel_is():
    indices, shares = rasterize(SQUARE + (0.3, -0.4, 0), TRIANGLES, 16, 20)
    rows, columns = np.nonzero(indices >= 0)
    corners = (SQUARE + (0.3, -0.4, 0))[TRIANGLES]
    places = interpolate(corners, indices[rows, columns], shares[rows, columns])
    np.testing.assert_allclose(places[:, 0], columns + 0.5, atol=1e-4)
    np.testing.assert_allclose(places[:, 1], rows + 0.5, atol=1e-4)


def test_the_nearer_triangle_hides_the_further_whatever_their_order():
    near, far = SQUARE - (0, 0, 2), SQUARE
    for first, second, winner in ((near, far, {0, 1}), (far, near, {2, 3})):
        vertices = np.concatenate([first, second])
        indices, _ = rasterize(vertices, np.concatenate([TRIANGLES, TRIANGLES + 4]), 16, 16)
        assert set(indices[indices >= 0].tolist()) == winner


def test_crossing_planes_meet_where_their_depths_are_equal():
    flat = SQUARE.copy()
    slanted = SQUARE.copy()
    slanted[:, 2] = [3, 3, 7, 7]  # equal to 5 half-way
    indices, _ = rasterize(
        np.concatenate([flat, slanted]), np.concatenate([TRIANGLES, TRIANGLES + 4]), 16, 16
    )
    assert (indices[7, 2:7] >= 2).all() and (indices[7, 7:12] < 2).all() and (indices[7, 7:12] >= 0).all()


def test_backs_specks_and_what_lies_outside_are_not_drawn():
    assert (rasterize(SQUARE, TRIANGLES[:, ::-1], 16, 16)[0] < 0).all()
    assert (rasterize(SQUARE + (100, 0, 0), TRIANGLES, 16, 16)[0] < 0).all()
    point = np.repeat(SQUARE[:1], 4, 0)
    assert (rasterize(point, TRIANGLES, 16, 16)[0] < 0).all()
    partly = rasterize(SQUARE - (7, 7, 0), TRIANGLES, 16, 16)[0] >= 0
    assert partly.sum() == 25
