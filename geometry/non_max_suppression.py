"""Non-maximum suppression: one detection per object, from the many that a detector gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from attention_mesh.geometry.detections import Detections

ALL_PAIRS_LIMIT = 128
"""Up to this many detections, all pairs are compared at once; with more, each group's best with the rest."""

OVERLAP_TYPES = ("JACCARD", "MODIFIED_JACCARD", "INTERSECTION_OVER_UNION")


def box_overlaps(
    box: np.ndarray, boxes: np.ndarray, overlap_type: str = "INTERSECTION_OVER_UNION"
) -> np.ndarray:
    """How much `box` (..., 4) overlaps `boxes` (..., 4), both xmin, ymin, width, height: (...) float32.

    The leading axes broadcast: (4,) with (N, 4) gives (N,), (N, 1, 4) with (N, 4) all pairs (N, N).

    The intersection's area divided by: the area of both together ("INTERSECTION_OVER_UNION"), the area of the
    smallest box around both ("JACCARD", MediaPipe's name for it), or `box`'s own area ("MODIFIED_JACCARD").
    It is 0 if the boxes do not meet or the divisor is 0.

    Raises:
      ValueError: the overlap_type is unknown.
    """
    ends, others_ends = box[..., :2] + box[..., 2:], boxes[..., :2] + boxes[..., 2:]
    sides = np.minimum(ends, others_ends) - np.maximum(box[..., :2], boxes[..., :2])
    np.maximum(sides, 0, out=sides)
    intersection = sides[..., 0] * sides[..., 1]
    if overlap_type == "INTERSECTION_OVER_UNION":
        divisor = box[..., 2] * box[..., 3] + boxes[..., 2] * boxes[..., 3] - intersection
    elif overlap_type == "JACCARD":
        hull = np.maximum(ends, others_ends) - np.minimum(box[..., :2], boxes[..., :2])
        divisor = hull[..., 0] * hull[..., 1]
    elif overlap_type == "MODIFIED_JACCARD":
        divisor = np.broadcast_to(box[..., 2] * box[..., 3], intersection.shape)
    else:
        raise ValueError(f"overlap_type must be one of {', '.join(OVERLAP_TYPES)}, got {overlap_type!r}")
    return np.divide(intersection, divisor, out=np.zeros_like(intersection), where=divisor > 0)


def non_max_suppression(
    detections: Detections,
    *,
    max_overlap: float,
    min_score: float = -1.0,
    max_detections: int = -1,
    overlap_type: str = "INTERSECTION_OVER_UNION",
) -> Detections:
    """Keeps the best detection of each group that overlaps by more than `max_overlap`; best score first.

    Equal scores keep their order.

    Args:
      min_score: detections below it are dropped, if it is positive.
      max_detections: the most that are kept, -1 for all.
    """
    order = _by_score(detections, min_score)
    kept: list[int] = []
    boxes = detections.boxes
    for index in order:
        if max_detections >= 0 and len(kept) >= max_detections:
            break
        if not kept or (box_overlaps(boxes[index], boxes[kept], overlap_type) <= max_overlap).all():
            kept.append(index)
    return detections.take(kept)


def weighted_non_max_suppression(
    detections: Detections,
    *,
    max_overlap: float,
    min_score: float = -1.0,
    max_detections: int = -1,
    overlap_type: str = "INTERSECTION_OVER_UNION",
) -> Detections:
    """Merges each group that overlaps its best detection by more than `max_overlap`; best score first.

    Box sides and keypoints of the result are the group's means weighted by score; its score and class are
    the best one's (Bazarevsky et al., BlazeFace, 2019, section 3.4: blending instead of suppression, which
    jitters less from frame to frame). min_score and max_detections as in `non_max_suppression`.
    """
    remaining = _by_score(detections, min_score)
    count = len(remaining)
    if not count or not max_detections:
        return detections.take([])
    if count == 1 and max_overlap < 1:
        return detections.take(remaining)
    # One row per detection, box and keypoints, so that one product averages them all.
    table = np.concatenate([detections.boxes, detections.keypoints.reshape(len(detections), -1)], axis=1)
    boxes, pairs = detections.boxes, None
    if count <= ALL_PAIRS_LIMIT:
        pairs = box_overlaps(boxes[:, None], boxes, overlap_type) > max_overlap
    rows: list[np.ndarray] = []
    groups_best: list[int] = []
    while len(remaining) and (max_detections < 0 or len(rows) < max_detections):
        best = remaining[0]
        if pairs is not None:
            together = pairs[best, remaining]
        else:
            together = box_overlaps(boxes[best], boxes[remaining], overlap_type) > max_overlap
        # The best one belongs to its own group even without area, so that the loop always ends.
        together[0] = True
        group = remaining[together]
        weights = detections.scores[group]
        total = weights.sum()
        rows.append(weights @ table[group] / total if total > 0 else table[best])
        groups_best.append(best)
        remaining = remaining[~together]
    merged = np.array(rows, np.float32)
    kept = np.array(groups_best, np.intp)
    return Detections(
        merged[:, :4],
        merged[:, 4:].reshape(len(merged), -1, 2),
        detections.scores[kept],
        **detections.label_fields(kept),
    )


def suppress_by_class(
    detections: Detections, suppress: Callable[..., Detections], **arguments: Any
) -> Detections:
    """`suppress`, one of the functions above, for the detections of each class separately; best first.

    Args:
      arguments: of that function; max_detections limits all classes together.
    """
    if detections.label_ids is None or not len(detections):
        return suppress(detections, **arguments)
    kept = Detections.concatenate(
        [
            suppress(detections.take(detections.label_ids == label), **arguments)
            for label in np.unique(detections.label_ids)
        ]
    )
    order = _by_score(kept, 0)
    limit = arguments.get("max_detections", -1)
    return kept.take(order if limit < 0 else order[:limit])


def _by_score(detections: Detections, min_score: float) -> np.ndarray:
    """Indices of the detections that reach min_score (if it is positive), best first, ties in order."""
    order = np.argsort(-detections.scores, kind="stable")
    return order[detections.scores[order] >= min_score] if min_score > 0 else order
