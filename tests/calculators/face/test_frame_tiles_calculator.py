"""Regions of the frame for a detector."""

import numpy as np
import pytest

from attention_mesh.framework.testing import run_calculator


@pytest.mark.parametrize(
    ("side", "options", "counts"),
    [
        ({}, None, [3, 1, 3]),
        ({"TILED": True}, {"min_tile_px": 100}, [3, 3, 3]),
        ({"TILED": False}, None, [1, 1, 1]),
    ],
)
def test_tiles_follow_the_frame_s_size(side, options, counts):
    sizes = [(1, (1920, 1080)), (2, (320, 180)), (3, (1280, 720))]
    run = run_calculator("FrameTilesCalculator", {"SIZE": sizes}, side, options)
    assert [len(tiles) for tiles in run.values("NORM_RECTS")] == counts
    assert run.bound("NORM_RECTS") == 4
    if counts[1] == 1:
        np.testing.assert_allclose(run.values("NORM_RECTS")[1].values, [[0.5, 0.5, 1, 1, 0]])
