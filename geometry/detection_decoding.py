"""Detection decoding: a single-shot detector's raw outputs, scores first, then only the boxes that count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.scores import score_to_logit, sigmoid


@dataclass(frozen=True, slots=True)
class BoxCoding:
    """The coding of one box and its keypoints in a detector's regression row of `num_coords` values.

    A row is relative to its anchor: centers are divided by x_scale, y_scale, multiplied with the anchor's
    size and added to its center; sizes are divided by w_scale, h_scale and multiplied with the anchor's size
    (after an exponential if `exponential_size` is set). Keypoints are coded like centers.

    Attributes:
      format: "YXHW", "XYWH" (center and size) or "XYXY" (distances from the anchor's center to the four
        sides, left, top, right, bottom, each positive outwards); keypoints are y, x for "YXHW", else x, y.
    """

    num_coords: int
    x_scale: float
    y_scale: float
    w_scale: float
    h_scale: float
    box_offset: int = 0
    keypoint_offset: int = 4
    num_keypoints: int = 0
    format: str = "XYWH"
    exponential_size: bool = False

    def __post_init__(self) -> None:
        if self.format not in ("YXHW", "XYWH", "XYXY"):
            raise ValueError(f"box format must be YXHW, XYWH or XYXY, got {self.format!r}")
        for name in ("x_scale", "y_scale", "w_scale", "h_scale"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be positive, got {getattr(self, name)}")
        if self.box_offset + 4 > self.num_coords:
            raise ValueError(f"a box at offset {self.box_offset} does not fit {self.num_coords} values")
        if self.num_keypoints and self.keypoint_offset + 2 * self.num_keypoints > self.num_coords:
            raise ValueError(
                f"{self.num_keypoints} keypoints at offset {self.keypoint_offset} do not fit "
                f"{self.num_coords} values"
            )

    @property
    def is_packed(self) -> bool:
        """Whether a row is the box and then the keypoints, as pairs of x and y."""
        return (self.box_offset, self.keypoint_offset, self.num_coords) == (0, 4, 4 + 2 * self.num_keypoints)

    def pair_scales(self) -> np.ndarray:
        """(2 + num_keypoints, 2) float32: the factors of the pairs center, size, keypoint, …"""
        center = (1 / self.x_scale, 1 / self.y_scale)
        size = (1 / self.w_scale, 1 / self.h_scale)
        return np.array([center, size] + [center] * self.num_keypoints, np.float32)


def decode_boxes(raw: np.ndarray, anchors: np.ndarray, coding: BoxCoding) -> tuple[np.ndarray, np.ndarray]:
    """Decodes regression rows relative to their anchors.

    Args:
      raw: (N, num_coords) float32.
      anchors: (N, 4) float32; x_center, y_center, width, height, as fractions of the network's input.

    Returns:
      Boxes (N, 4) float32; xmin, ymin, width, height, and keypoints (N, num_keypoints, 2) float32; x, y; both
        as fractions of the network's input.
    """
    if coding.format == "XYWH" and not coding.exponential_size and coding.is_packed:
        return _decode_packed(raw, anchors, coding)
    b = coding.box_offset
    box = raw[:, b : b + 4]
    if coding.format == "YXHW":
        centers, sizes = box[:, 1::-1], box[:, :1:-1]
    elif coding.format == "XYWH":
        centers, sizes = box[:, :2], box[:, 2:]
    else:
        centers, sizes = (box[:, 2:] - box[:, :2]) / 2, box[:, 2:] + box[:, :2]
    center_scale = np.array([coding.x_scale, coding.y_scale], np.float32)
    size_scale = np.array([coding.w_scale, coding.h_scale], np.float32)
    anchor_centers, anchor_sizes = anchors[:, :2], anchors[:, 2:]

    boxes = np.empty((len(raw), 4), np.float32)
    sizes = sizes / size_scale
    boxes[:, 2:] = (np.exp(sizes) if coding.exponential_size else sizes) * anchor_sizes
    boxes[:, :2] = centers / center_scale * anchor_sizes + anchor_centers - boxes[:, 2:] / 2

    k = coding.keypoint_offset
    keypoints = raw[:, k : k + 2 * coding.num_keypoints].reshape(len(raw), coding.num_keypoints, 2)
    if coding.format == "YXHW":
        keypoints = keypoints[:, :, ::-1]
    keypoints = keypoints / center_scale * anchor_sizes[:, None] + anchor_centers[:, None]
    return boxes, keypoints


def _decode_packed(raw: np.ndarray, anchors: np.ndarray, coding: BoxCoding) -> tuple[np.ndarray, np.ndarray]:
    """`decode_boxes` for the coding of the face detectors, all pairs of a row at once."""
    pairs = raw.reshape(len(raw), 2 + coding.num_keypoints, 2) * coding.pair_scales()
    pairs *= anchors[:, None, 2:]
    boxes = np.empty((len(raw), 4), np.float32)
    boxes[:, 2:] = pairs[:, 1]
    pairs += anchors[:, None, :2]
    boxes[:, :2] = pairs[:, 0] - boxes[:, 2:] / 2
    return boxes, pairs[:, 2:]


def decode_detections(
    raw_boxes: np.ndarray,
    raw_scores: np.ndarray,
    anchors: np.ndarray,
    coding: BoxCoding,
    *,
    min_score: float | None = None,
    sigmoid_score: bool = True,
    score_clip: float | None = 100.0,
    max_results: int = -1,
) -> Detections:
    """The detections of one image whose score reaches `min_score`, in the order of the anchors.

    Coordinates are fractions of the network's input.

    Boxes of negative or undefined size, which a network may predict, are left out. Only boxes above the
    threshold are decoded, so that an image without a face costs one comparison per anchor.

    Args:
      raw_boxes: (A, num_coords) float32.
      raw_scores: (A,) or (A, classes) float32; of several classes the best one counts.
      anchors: (A, 4) float32, see `ssd_anchors`.
      min_score: probability, None to keep all.
      score_clip: raw scores are limited to ±score_clip before the sigmoid, None for no limit.
      max_results: the most that are kept, the first ones; -1 for all.
    """
    if raw_scores.ndim == 2:
        raw_scores = raw_scores[:, 0] if raw_scores.shape[1] == 1 else raw_scores.max(axis=1)
    if not sigmoid_score:
        score_clip = None
    if min_score is None:
        kept = np.arange(len(raw_scores))
    else:
        # A hair below the exact logit; the probabilities themselves decide right after.
        limit = score_to_logit(min_score) - 1e-3 if sigmoid_score else min_score
        if score_clip is not None and limit > score_clip - 1:
            limit = score_clip - 1
        kept = np.flatnonzero(raw_scores >= limit)
    scores = raw_scores[kept]
    if sigmoid_score:
        scores = sigmoid(scores, score_clip)
    if min_score is not None and len(kept):
        passed = scores >= np.float32(min_score)
        kept, scores = kept[passed], scores[passed]
    if not len(kept):
        return Detections.empty(coding.num_keypoints)
    boxes, keypoints = decode_boxes(raw_boxes[kept], anchors[kept], coding)
    valid = (boxes[:, 2:] >= 0).all(axis=1)
    if not valid.all():
        boxes, keypoints, scores = boxes[valid], keypoints[valid], scores[valid]
    if max_results >= 0:
        boxes, keypoints, scores = boxes[:max_results], keypoints[:max_results], scores[:max_results]
    return Detections(boxes, keypoints, scores)


def decode_class_detections(
    raw_boxes: np.ndarray,
    raw_scores: np.ndarray,
    class_ids: np.ndarray,
    anchors: np.ndarray,
    coding: BoxCoding,
    *,
    min_score: float | None = None,
    sigmoid_score: bool = True,
    score_clip: float | None = 100.0,
    max_results: int = -1,
    max_classes: int = 1,
) -> Detections:
    """`decode_detections` for a detector of several classes, whose numbers the detections carry.

    Args:
      raw_scores: (A, C) float32, of the classes class_ids (C,).
      max_classes: the most classes of a box, -1 for all. The box counts once for each of its best classes
        whose score reaches min_score; max_results counts boxes.
    """
    scores = sigmoid(raw_scores, score_clip) if sigmoid_score else raw_scores
    best = np.argsort(-scores, axis=1, kind="stable")[:, : max_classes if max_classes > 0 else None]
    best_scores = np.take_along_axis(scores, best, axis=1)
    passed = np.ones(best.shape, bool) if min_score is None else best_scores >= np.float32(min_score)
    kept = np.flatnonzero(passed.any(axis=1))
    boxes, keypoints = decode_boxes(raw_boxes[kept], anchors[kept], coding)
    places = np.flatnonzero((boxes[:, 2:] >= 0).all(axis=1))
    places = places if max_results < 0 else places[:max_results]
    kept = kept[places]
    rows, columns = np.nonzero(passed[kept])
    labels = np.asarray(class_ids, np.int64)[best[kept][rows, columns]]
    scores = best_scores[kept][rows, columns]
    return Detections(boxes[places][rows], keypoints[places][rows], scores, label_ids=labels)


def decoded_detections(
    boxes: np.ndarray,
    classes: np.ndarray,
    scores: np.ndarray,
    number: int,
    *,
    sides: list[int],
    allowed: Sequence[int] | np.ndarray,
    min_score: float | None = None,
    max_results: int = -1,
) -> Detections:
    """The detections of a network that also decodes, scores and selects the boxes.

    Args:
      boxes: (N, 4+) float32 with sides in the order that `sides` gives, the places of xmin, ymin, xmax, ymax.
      classes, scores: (N,) float32.
      number: the count of boxes, each of which may fill several rows, one per class, one after the other.
      allowed: classes that stay.
      max_results: the most boxes that are kept, -1 for all.

    Raises:
      ValueError: the count of rows is no multiple of number.
    """
    if number <= 0:
        return Detections.empty(0)
    if len(boxes) % number:
        raise ValueError(f"{len(boxes)} rows for {number} boxes; expected a multiple")
    rows_a_box = len(boxes) // number
    classes = classes.astype(np.int64)
    passed = np.isin(classes, allowed)
    if min_score is not None:
        passed &= scores >= np.float32(min_score)
    xmin, ymin, xmax, ymax = (boxes[:, side] for side in sides)
    passed &= (xmax >= xmin) & (ymax >= ymin)
    kept = np.flatnonzero(passed)
    if max_results >= 0:
        kept = kept[np.isin(kept // rows_a_box, np.unique(kept // rows_a_box)[:max_results])]
    corners = np.stack([xmin, ymin, xmax - xmin, ymax - ymin], axis=1)[kept]
    return Detections(corners, np.empty((len(kept), 0, 2)), scores[kept], label_ids=classes[kept])
