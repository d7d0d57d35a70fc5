"""Detection pool: one detection per face, from several looks at an image that may see a face turned."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.non_max_suppression import box_overlaps
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.geometry.regions_of_interest import angle_gaps

MAX_TURN_RAD = math.pi / 4
"""Detections of one place whose eyes' lines differ by more see the face turned differently."""

_SAME_FACE = 0.3
"""The intersection over union above which two boxes of one look are one face, as in the detectors' graphs."""

_SAME_PLACE = 0.5
"""The part of the smaller box above which two boxes of different looks lie at one place."""


def eye_line_angles(detections: Detections, size: tuple[int, int]) -> np.ndarray:
    """(N,) float32 rad: the direction from the right to the left eye, clockwise on the screen, 0 if upright.

    Args:
      size: (width, height) of the image in pixels.
    """
    across, down = ((detections.keypoints[:, 1] - detections.keypoints[:, 0]) * size).T
    return np.arctan2(down, across)


def inside_rects(detections: Detections, rects: NormalizedRects) -> np.ndarray:
    """(N, F) bool: whether a detection's center lies within half a side of a rectangle's center."""
    centers = detections.boxes[:, :2] + detections.boxes[:, 2:] / 2
    offsets = np.abs(centers[:, None] - rects.values[None, :, :2])
    return (offsets < rects.values[None, :, 2:4] / 2).all(axis=2)


def contradicts(detections: Detections, known: NormalizedRects, size: tuple[int, int]) -> np.ndarray:
    """(N,) bool: whether a detection lies at the place of known faces and sees them turned differently."""
    is_there = inside_rects(detections, known)
    gaps = angle_gaps(eye_line_angles(detections, size)[:, None], known.values[None, :, 4])
    agrees = is_there & (gaps <= MAX_TURN_RAD)
    return np.any(is_there, axis=1) & np.logical_not(np.any(agrees, axis=1))


def merge_by_orientation(detections: Detections, size: tuple[int, int]) -> Detections:
    """Merges the detections of each face into the mean of those that see it turned alike; best score first.

    It is the weighted non-maximum suppression of BlazeFace, except that a detection whose eyes point another
    way than the best one's has no weight: a mean of an upright and an inverted face would be neither.

    Args:
      detections: of all regions of one look, in the image.
      size: (width, height) of the image in pixels.
    """
    angles = eye_line_angles(detections, size)
    points = detections.keypoints.shape[1]
    remaining = np.argsort(-detections.scores, kind="stable")
    table = np.concatenate([detections.boxes, detections.keypoints.reshape(len(angles), 2 * points)], axis=1)
    rows, kept = [], []
    while len(remaining):
        best = remaining[0]
        together = box_overlaps(detections.boxes[best], detections.boxes[remaining]) > _SAME_FACE
        together[0] = True
        group = remaining[together]
        alike = group[angle_gaps(angles[group], angles[best]) <= MAX_TURN_RAD]
        weights = detections.scores[alike]
        rows.append(weights @ table[alike] / weights.sum() if weights.sum() > 0 else table[best])
        kept.append(best)
        remaining = remaining[~together]
    merged = np.array(rows, np.float32).reshape(len(kept), table.shape[1])
    keypoints = merged[:, 4:].reshape(len(kept), points, 2)
    return Detections(merged[:, :4], keypoints, detections.scores[kept])


def pool_detections(looks: Sequence[Detections], size: tuple[int, int]) -> Detections:
    """One detection per place out of several looks, best score first.

    The best score of a place says which way the face is turned: a face detector is surest of upright faces,
    and sees an inverted face as a less certain upright one. Of the detections that see the face this way, the
    one from the earliest look stays.

    Args:
      looks: the detections of each look, in falling preference.
      size: (width, height) of the image in pixels.
    """
    merged = [merge_by_orientation(look, size) for look in looks if len(look)]
    if not merged:
        return Detections.empty()
    found = Detections.concatenate(merged)
    look = np.repeat(np.arange(len(merged)), [len(part) for part in merged])
    angles = eye_line_angles(found, size)
    remaining = np.argsort(-found.scores, kind="stable")
    chosen = []
    while len(remaining):
        best = remaining[0]
        together = _place_overlaps(found.boxes[best], found.boxes[remaining]) > _SAME_PLACE
        together[0] = True
        group = remaining[together]
        alike = group[angle_gaps(angles[group], angles[best]) <= MAX_TURN_RAD]
        chosen.append(alike[np.argmin(look[alike])])
        remaining = remaining[~together]
    return found.take(np.array(chosen, np.intp))


def _place_overlaps(box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """(N,) float32: the intersection of a box with each of `boxes` over the area of the smaller one."""
    return np.maximum(
        box_overlaps(box, boxes, "MODIFIED_JACCARD"), box_overlaps(boxes, box[None], "MODIFIED_JACCARD")
    )
