"""The detections of one image as one value: boxes, keypoints and scores in arrays with a leading axis."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """The findings of a detector in one image, best first unless a producer says otherwise.

    Coordinates may lie outside [0, 1] if the border cuts a face. The constructor checks the arrays and
    converts them if their type differs; they belong to the value and must not be written to afterwards.

    Attributes:
      boxes: (N, 4) float32; xmin, ymin, width, height, as fractions of the image's width and height.
      keypoints: (N, K, 2) float32; x, y, as fractions of the image's width and height. For the face detectors
        K = 6: right eye, left eye, nose tip, mouth center, right and left ear tragion (left and right are the
        subject's).
      scores: (N,) float32; probability.
      label_ids: (N,) int64, the class of each, or None if the detector knows one class only, number 0.
      labels: N names of the classes, or None if there are none.
      ids: (N,) int64, a number of each detection itself, or None if there are none.

    Raises:
      ValueError: a shape is wrong or the lengths differ.
    """

    boxes: np.ndarray
    keypoints: np.ndarray
    scores: np.ndarray
    label_ids: np.ndarray | None = None
    labels: tuple[str, ...] | None = None
    ids: np.ndarray | None = None

    def __post_init__(self) -> None:
        for name in ("boxes", "keypoints", "scores"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), np.float32))
        if self.boxes.ndim != 2 or self.boxes.shape[1] != 4:
            raise ValueError(f"boxes must have shape (N, 4), got {self.boxes.shape}")
        if self.keypoints.ndim != 3 or self.keypoints.shape[2] != 2:
            raise ValueError(f"keypoints must have shape (N, K, 2), got {self.keypoints.shape}")
        if self.scores.ndim != 1:
            raise ValueError(f"scores must have shape (N,), got {self.scores.shape}")
        if not len(self.boxes) == len(self.keypoints) == len(self.scores):
            raise ValueError(
                "boxes, keypoints and scores must have one length, got "
                f"{len(self.boxes)}, {len(self.keypoints)} and {len(self.scores)}"
            )
        for name in ("label_ids", "ids"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, np.asarray(getattr(self, name), np.int64))
        for name in ("label_ids", "labels", "ids"):
            value = getattr(self, name)
            if value is not None and len(value) != len(self.boxes):
                raise ValueError(
                    f"{name} must have {len(self.boxes)} entries, one per detection; got {len(value)}"
                )

    def __len__(self) -> int:
        return len(self.boxes)

    @classmethod
    def empty(cls, num_keypoints: int = 6) -> Detections:
        """No detection: N = 0."""
        return cls(
            np.empty((0, 4), np.float32), np.empty((0, num_keypoints, 2), np.float32), np.empty(0, np.float32)
        )

    def take(self, which: np.ndarray | slice | list[int]) -> Detections:
        """The detections at these indices, in that order, or those for which a boolean mask (N,) is true."""
        if isinstance(which, list):
            which = np.asarray(which, np.intp)
        return Detections(
            self.boxes[which], self.keypoints[which], self.scores[which], **self.label_fields(which)
        )

    def label_fields(self, which: np.ndarray | slice) -> dict:
        """Arguments of `Detections`: label_ids, labels and ids of some of these, if there are any."""
        if self.label_ids is self.labels is self.ids is None:
            return {}
        labels = self.labels
        if labels is not None:
            labels = tuple(labels[index] for index in np.arange(len(self))[which].tolist())
        return {
            "label_ids": None if self.label_ids is None else self.label_ids[which],
            "labels": labels,
            "ids": None if self.ids is None else self.ids[which],
        }

    def in_pixels(self, size: tuple[int, int]) -> Detections:
        """The same detections with boxes and keypoints in pixels of an image of `size` (width, height)."""
        scale = np.array(size, np.float32)
        return replace(self, boxes=self.boxes * np.tile(scale, 2), keypoints=self.keypoints * scale)

    @classmethod
    def concatenate(cls, parts: list[Detections]) -> Detections:
        """All detections of `parts` in their order; all must have the same number of keypoints.

        If some have class numbers, the others' are 0; names and ids stay if all have them.

        Raises:
          ValueError: `parts` is empty or the numbers of keypoints differ.
        """
        if not parts:
            raise ValueError("nothing to concatenate: give at least one Detections")
        return cls(
            np.concatenate([part.boxes for part in parts]),
            np.concatenate([part.keypoints for part in parts]),
            np.concatenate([part.scores for part in parts]),
            **_joined_names(parts),
        )


def _joined_names(parts: list[Detections]) -> dict:
    """label_ids, labels and ids of several values together, if there are any."""
    names: dict = {}
    if any(part.label_ids is not None for part in parts):
        names["label_ids"] = np.concatenate(
            [np.zeros(len(p), np.int64) if p.label_ids is None else p.label_ids for p in parts]
        )
    labels = [part.labels for part in parts if part.labels is not None]
    if len(labels) == len(parts):
        names["labels"] = tuple(chain.from_iterable(labels))
    ids = [part.ids for part in parts if part.ids is not None]
    if len(ids) == len(parts):
        names["ids"] = np.concatenate(ids)
    return names
