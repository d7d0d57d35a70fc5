"""Face rows: the regions of faces on a GPU, eight numbers each, and their way back to the CPU."""

from __future__ import annotations

import numpy as np

from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.models.topology.face_topology import NUM_LANDMARKS
from attention_mesh.webgpu.gpu_buffer import GpuTensor

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


def face_counts(landmarks: GpuTensor, faces: GpuTensor) -> tuple[int, int]:
    """The numbers of slots and of landmarks of each face.

    Args:
      landmarks: (F, 468 or 478, 3).
      faces: (F, 8) rows, see `ROW`.

    Raises:
      ValueError: the shapes are others.
    """
    count, number = landmarks.shape[:2]
    if number < NUM_LANDMARKS or faces.shape != (count, ROW):
        raise ValueError(
            f"landmarks of shape {landmarks.shape} and faces of shape {faces.shape}; expected "
            f"(F, 468 or 478, 3) and (F, {ROW})"
        )
    return count, number
