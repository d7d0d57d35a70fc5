"""A closer look at detections that are not sure: squares around them, for the detector.

A short-range detector scores a face low if it is small in the frame, and also if it is lying or inverted: it
then sees an upright face. In a square of twice the face's size the two differ. On 270 photos, turned by 0°,
90°, 180° and 270°, 85 % of 536 unsure detections that saw the face the right way reached a score of 0.85
there, and none was surer when the square was turned; of 370 others, one did. So only those that do not reach
it are looked at in turned squares, too: the way that is surest tells faces that lie or hang.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from attention_mesh.geometry.detection_pool import MAX_TURN_RAD, eye_line_angles
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.geometry.regions_of_interest import angle_gaps

_SCALE = 2.0
"""Side of a square over the longer side of the detection's box."""

_TURNS_RAD = np.arange(4, dtype=np.float32) * np.float32(np.pi / 2)

_INEXACT_RAD = np.pi / 9
"""If two looks see a face alike but the eyes' lines differ by more, the first look was inexact."""

_SAME_FACE = 0.3
"""Centers that are nearer than this part of the detection's box are those of one face."""


def closer_look_rects(detections: Detections, size: tuple[int, int], turned: bool) -> NormalizedRects:
    """Squares around detections: for each the one that lies as the face does, and its turns.

    Args:
      detections: (N) in the image.
      size: (width, height) of the image in pixels.
      turned: whether the three quarter turns follow each square.

    Returns:
      N or 4 N rectangles.
    """
    frame = np.array(size, np.float32)
    sides_px = _SCALE * (detections.boxes[:, 2:] * frame).max(axis=1, initial=0.0)
    turns_rad = _TURNS_RAD if turned else _TURNS_RAD[:1]
    values = np.empty((len(detections), len(turns_rad), 5), np.float32)
    values[..., :2] = (detections.boxes[:, :2] + detections.boxes[:, 2:] / 2)[:, None]
    values[..., 2:4] = (sides_px[:, None] / frame)[:, None]
    values[..., 4] = eye_line_angles(detections, size)[:, None] + turns_rad
    return NormalizedRects(values.reshape(-1, 5))


def after_closer_look(
    detections: Detections, closer: Detections, size: tuple[int, int], least_score: float
) -> Detections:
    """The detections of a first look, as a closer look confirms them, best first.

    A detection gets the best score of the closer look if that is higher and sees the face turned alike. It
    keeps its place, unless the closer look, which is more exact, sees the face turned by more than 20° off.

    Args:
      detections: (N) in the image.
      closer: what was found in the squares around them, in the image.
      size: (width, height) of the image in pixels.
      least_score: below it, scores of the closer look confirm nothing.
    """
    if not len(detections) or not len(closer):
        return detections
    frame = np.array(size, np.float32)
    centers_px, reach_px = _centers_and_reach_px(detections, frame)
    closer_px, _ = _centers_and_reach_px(closer, frame)
    gaps_px = np.linalg.norm(closer_px[None] - centers_px[:, None], axis=2)
    turns = angle_gaps(eye_line_angles(closer, size)[None], eye_line_angles(detections, size)[:, None])
    near = np.where(gaps_px < reach_px[:, None], closer.scores[None], np.float32(0))
    is_alike = turns <= MAX_TURN_RAD
    alike, other = np.where(is_alike, near, 0), np.where(is_alike, 0, near).max(axis=1)
    best, scores = alike.argmax(axis=1), alike.max(axis=1)
    is_confirmed = (scores >= least_score) & (scores > other) & (scores > detections.scores)
    moves = is_confirmed & (turns[np.arange(len(detections)), best] > _INEXACT_RAD)
    confirmed = replace(
        detections,
        boxes=np.where(moves[:, None], closer.boxes[best], detections.boxes),
        keypoints=np.where(moves[:, None, None], closer.keypoints[best], detections.keypoints),
        scores=np.where(is_confirmed, scores, detections.scores),
    )
    return confirmed.take(np.argsort(-confirmed.scores, kind="stable"))


def _centers_and_reach_px(detections: Detections, frame: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(N, 2) centers and (N,) the distance within which another center is the same face's, in pixels."""
    boxes_px = detections.boxes.reshape(-1, 2, 2) * frame
    return boxes_px[:, 0] + boxes_px[:, 1] / 2, _SAME_FACE * boxes_px[:, 1].max(axis=1, initial=0.0)
