"""Face rows: the regions of faces on a GPU, eight numbers each, and their way back to the CPU."""

from __future__ import annotations

import numpy as np

from attention_mesh.geometry.normalized_rects import NormalizedRects

ROW = 8
"""Columns of a (F, 8) float32 tensor: x_center, y_center, width, height in pixels of the frame, rotation in
radians, clockwise; the score of the detection or the presence, 0 in a row that is empty; the track id, 0 for
none; the mean of width and height of the landmarks' box in pixels."""

SCORE, TRACK_ID = 5, 6


def rows_of(rects: NormalizedRects, size: tuple[int, int], scores: np.ndarray) -> np.ndarray:
    """(F, 8) float32 rows of regions in a frame of `size` (width, height) pixels."""
    rows = np.zeros((len(rects), ROW), np.float32)
    rows[:, :5] = rects.in_pixels(size)
    rows[:, SCORE], rows[:, TRACK_ID] = scores, rects.ids
    return rows


def rects_of(rows: np.ndarray, size: tuple[int, int]) -> NormalizedRects:
    """The regions of rows (F, 8), which are not empty, with their ids."""
    return NormalizedRects.from_pixels(rows[:, :5], size, rows[:, TRACK_ID].astype(np.int64))
