"""Tiles of a frame."""

import numpy as np
import pytest

from attention_mesh.geometry.tiles import frame_tiles


@pytest.mark.parametrize(
    ("size", "count"),
    [
        ((1920, 1080), 3),
        ((1080, 1920), 3),
        ((640, 480), 2),
        ((2560, 1080), 4),
        ((1000, 1000), 1),
        ((640, 360), 1),
        ((720, 360), 1),  # shrunk by twice as much as a tile
        ((740, 360), 4),
        ((4000, 300), 26),
        ((4000, 16), 41),  # of 192 pixels: smaller ones would only be enlarged
        ((16, 4000), 41),
        ((100_000, 16), 64),
        ((100, 60), 1),
        ((1, 1), 1),
    ],
)
def test_number_of_tiles_by_aspect_ratio_and_size(size, count):
    assert len(frame_tiles(size)) == count


@pytest.mark.parametrize("size", [(1920, 1080), (720, 1280), (640, 480), (3840, 800)])
def test_tiles_are_squares_that_cover_the_frame_and_overlap_by_half(size):
    tiles = frame_tiles(size).in_pixels(size)
    short, long = min(size), max(size)
    np.testing.assert_allclose(tiles[:, 2:4], short, rtol=1e-5)
    axis = int(size[1] > size[0])
    np.testing.assert_allclose(tiles[:, 1 - axis], short / 2, rtol=1e-5)
    starts, ends = tiles[:, axis] - short / 2, tiles[:, axis] + short / 2
    np.testing.assert_allclose([starts[0], ends[-1]], [0, long], atol=1e-3)
    assert (ends[:-1] - starts[1:] >= short / 2 - 1e-3).all()


def test_a_low_frame_that_is_not_long_either_stays_whole():
    np.testing.assert_allclose(frame_tiles((560, 300)).values, [[0.5, 0.5, 1, 1, 0]])
    assert len(frame_tiles((560, 300), min_tile_px=300)) > 1


@pytest.mark.parametrize("size", [(4000, 16), (16, 4000), (100_000, 100)])
def test_tiles_of_a_strip_are_squares_around_its_middle_line_that_cover_it(size):
    tiles = frame_tiles(size).in_pixels(size)
    axis = int(size[1] > size[0])
    side = tiles[0, 2]
    assert side >= 192
    np.testing.assert_allclose(tiles[:, 2:4], side, rtol=1e-5)
    np.testing.assert_allclose(tiles[:, 1 - axis], min(size) / 2, rtol=1e-5)
    starts, ends = tiles[:, axis] - side / 2, tiles[:, axis] + side / 2
    np.testing.assert_allclose([starts[0], ends[-1]], [0, max(size)], atol=0.1)
    assert (ends[:-1] - starts[1:] >= side / 2 - 0.1).all()
