"""Color order: tells by a face whether an image is BGR where RGB is expected."""

from __future__ import annotations

import numpy as np

_DARK = 8  # levels added to both channels, so that noise in shadows has no ratio
_GRID = 24  # samples of the surroundings per row and column
_LEAST_SAMPLES = 50
_SHARE = 90  # percent of the skin that must be bluer than red
_BLUER = 0.1  # of ln(blue / red): on that skin, and of the skin against its surroundings


def is_bgr(image: np.ndarray, skin_px: np.ndarray) -> bool:
    """Whether red and blue are swapped, as far as a face tells.

    Skin of every tone reflects more red than blue. So it is swapped if nearly all of the face is bluer than
    red, and also bluer than most of what surrounds it, because blue light colors both. Of 2405 faces in
    photos and synthetic portraits, none is called swapped in RGB, and two of three are in BGR
    (`benchmarks/color_order.py`).

    Args:
      image: (H, W, 3) uint8.
      skin_px: (N, 2) or (N, 3); points on the skin of one face, x and y in pixels of the image, those outside
        it do not count.

    Returns:
      False also if there is too little to see of the face or of its surroundings.
    """
    height, width = image.shape[:2]
    points = skin_px[:, :2]
    cells = np.rint(points).astype(np.int64)
    inside = np.all((cells >= 0) & (cells < (width, height)), axis=1)
    skin = image[cells[inside, 1], cells[inside, 0]]
    rows, columns = (
        grid.ravel()
        for grid in np.meshgrid(*(np.linspace(0, side - 1, _GRID).astype(int) for side in (height, width)))
    )
    low, high = points.min(axis=0), points.max(axis=0)
    around = (columns < low[0]) | (columns > high[0]) | (rows < low[1]) | (rows > high[1])
    others = image[rows[around], columns[around]]
    if len(skin) < _LEAST_SAMPLES or len(others) < _LEAST_SAMPLES:
        return False
    if np.percentile(_redness(skin), _SHARE) >= -_BLUER:
        return False
    return float(_redness(skin.mean(axis=0)) - np.median(_redness(others))) < -_BLUER


def _redness(colors: np.ndarray) -> np.ndarray:
    """ln(red / blue) of colors (…, 3)."""
    levels = np.asarray(colors, np.float64) + _DARK
    return np.log(levels[..., 0] / levels[..., 2])
