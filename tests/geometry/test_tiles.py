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


def test_a_frame_with_a_short_side_below_the_limit_stays_whole():
    np.testing.assert_allclose(frame_tiles((1920, 300)).values, [[0.5, 0.5, 1, 1, 0]])
    assert len(frame_tiles((1920, 300), min_tile_px=300)) > 1
