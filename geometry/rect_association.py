"""Overlap of regions of interest, and keeping one of those that mean the same face."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from attention_mesh.geometry.normalized_rects import NormalizedRects


def rect_overlaps(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Intersection over union of every pair, as if no rectangle were rotated.

    first: (A, 4+) float32, second: (B, 4+) float32; x_center, y_center, width, height in one unit.
    Returns (A, B) float32 in [0, 1]; 0 where both areas are 0.
    """
    a, b = first[:, None, :4], second[None, :, :4]
    half = 0.5 * (a[..., 2:] + b[..., 2:])
    # The overlap of two intervals: what their centres' distance leaves of the half lengths, and never
    # more than the shorter interval.
    sides = np.minimum(half - np.abs(a[..., :2] - b[..., :2]), np.minimum(a[..., 2:], b[..., 2:]))
    intersection = np.prod(np.maximum(sides, 0), axis=-1)
    union = a[..., 2] * a[..., 3] + b[..., 2] * b[..., 3] - intersection
    return np.where(union > 0, intersection / np.where(union > 0, union, 1), 0)


def associate_rects(parts: Sequence[NormalizedRects], min_similarity: float) -> NormalizedRects:
    """The rectangles of all parts without those that overlap a later one.

    parts: in rising priority; within one part too a later rectangle wins. Two rectangles overlap when
    their `rect_overlaps` is strictly above `min_similarity`. The order of what remains is kept. A
    rectangle takes over the id of one that it displaces, if that had one (not 0), of several the last.
    These are the rules of MediaPipe's AssociationNormRectCalculator.
    """
    filled = [part for part in parts if len(part)]
    if not filled:
        return NormalizedRects.empty()
    rects = filled[0] if len(filled) == 1 else NormalizedRects.concatenate(filled)
    if len(rects) == 1:
        return rects
    displaces = np.tril(rect_overlaps(rects.values, rects.values) > min_similarity, -1)
    if not displaces.any():
        return rects
    kept = np.ones(len(rects), bool)
    ids = rects.ids.copy()
    for later in np.flatnonzero(displaces.any(axis=1)):
        gone = np.flatnonzero(displaces[later] & kept)
        named = ids[gone][ids[gone] != 0]
        if len(named):
            ids[later] = named[-1]
        kept[gone] = False
    return NormalizedRects(rects.values[kept], ids[kept])


def propagate_ids(
    previous: NormalizedRects, current: NormalizedRects, min_similarity: float
) -> NormalizedRects:
    """`current` with the ids of the rectangles of `previous` (0: none) that they overlap.

    Overlap is strictly above `min_similarity`, of several the last one with an id counts; a rectangle that
    overlaps none keeps its id. What MediaPipe's association calculators do with their PREV input.
    """
    if not len(previous) or not len(current):
        return current
    similar = (rect_overlaps(current.values, previous.values) > min_similarity) & (previous.ids != 0)
    last = len(previous) - 1 - np.argmax(similar[:, ::-1], axis=1)
    return NormalizedRects(current.values, np.where(similar.any(axis=1), previous.ids[last], current.ids))
