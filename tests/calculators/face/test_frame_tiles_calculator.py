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


def test_tiles_may_be_turned_or_fine():
    sizes = [(1, (1920, 1080)), (2, (1280, 720))]
    turned = run_calculator("FrameTilesCalculator", {"SIZE": sizes}, {}, {"turned": True}).values(
        "NORM_RECTS"
    )
    assert [len(tiles) for tiles in turned] == [9, 9]
    whole = {"turned": True, "tiled": False}
    frames = run_calculator("FrameTilesCalculator", {"SIZE": sizes}, {}, whole).values("NORM_RECTS")
    np.testing.assert_allclose(frames[0].values[:, :4], [[0.5, 0.5, 1, 1]] * 3)
    np.testing.assert_allclose(np.sort(frames[0].values[:, 4]), [-np.pi, -np.pi / 2, np.pi / 2], atol=1e-6)
    fine = run_calculator("FrameTilesCalculator", {"SIZE": sizes}, {}, {"fine": True}).values("NORM_RECTS")
    assert [len(tiles) for tiles in fine] == [40, 40]
