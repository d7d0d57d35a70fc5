"""Association of regions of interest: their overlap, and the choice of one per face."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from attention_mesh.geometry.normalized_rects import NormalizedRects


def rect_overlap(first: Sequence[float], second: Sequence[float]) -> float:
    """Intersection over union of two rectangles, as if neither were rotated: in [0, 1], 0 without area.

    Each is x_center, y_center, width, height and perhaps more numbers, in one unit.
    """
    x, y, width, height, *_ = first
    other_x, other_y, other_width, other_height, *_ = second
    # The overlap of two intervals: the sum of half lengths minus the distance of the centers, and never
    # more than the shorter interval.
    across = min((width + other_width) / 2 - abs(x - other_x), width, other_width)
    down = min((height + other_height) / 2 - abs(y - other_y), height, other_height)
    if across <= 0 or down <= 0:
        return 0.0
    intersection = across * down
    return intersection / (width * height + other_width * other_height - intersection)


def rect_overlaps(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """`rect_overlap` of every pair: (A, B) float32.

    It is computed number by number, which for a few faces costs less than arithmetic of arrays.

    Args:
      first: (A, 4+) float32.
      second: (B, 4+) float32.
    """
    others = second.tolist()
    overlaps = [[rect_overlap(rect, other) for other in others] for rect in first.tolist()]
    return np.array(overlaps, np.float32).reshape(len(first), len(second))


def associate_rects(parts: Sequence[NormalizedRects], min_similarity: float) -> NormalizedRects:
    """The rectangles of all parts without those that overlap a later one, in their order.

    A rectangle takes over the id of one that it displaces, if that had one (not 0); from several the last
    one's. These are the rules of MediaPipe's AssociationNormRectCalculator.

    Args:
      parts: in rising priority; within one part a later rectangle wins too.
      min_similarity: two rectangles overlap if their `rect_overlap` is strictly above this.
    """
    filled = [part for part in parts if len(part)]
    if not filled:
        return NormalizedRects.empty()
    rects = filled[0] if len(filled) == 1 else NormalizedRects.concatenate(filled)
    if len(rects) == 1:
        return rects
    rows = rects.values.tolist()
    kept: list[int] = []
    ids: list[int] | None = None
    for later, row in enumerate(rows):
        gone = [index for index in kept if rect_overlap(rows[index], row) > min_similarity]
        kept.append(later)
        if not gone:
            continue
        ids = ids or rects.ids.tolist()
        named = [ids[index] for index in gone if ids[index]]
        if named:
            ids[later] = named[-1]
        kept = [index for index in kept if index not in gone]
    return rects if ids is None else NormalizedRects(rects.values[kept], np.array(ids, np.int64)[kept])


def propagate_ids(
    previous: NormalizedRects, current: NormalizedRects, min_similarity: float
) -> NormalizedRects:
    """`current` with the ids of the rectangles of `previous` (0: none) that they overlap.

    Overlap is strictly above `min_similarity`. If a rectangle overlaps several, the last one with an id
    counts; if it overlaps none, it keeps its id. MediaPipe's association calculators treat their PREV input
    like this.
    """
    if not len(previous) or not len(current):
        return current
    similar = (rect_overlaps(current.values, previous.values) > min_similarity) & (previous.ids != 0)
    last = len(previous) - 1 - np.argmax(similar[:, ::-1], axis=1)
    return NormalizedRects(current.values, np.where(similar.any(axis=1), previous.ids[last], current.ids))
