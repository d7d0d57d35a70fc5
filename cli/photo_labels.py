"""Pseudo-labels: what the official networks find in a folder of photos, and where they are to be doubted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from attention_mesh.media.frame import Frame
from attention_mesh.models.training.face_sample import LANDMARKS
from attention_mesh.models.training.label_file import LabelFile
from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
from attention_mesh.python_bindings.landmarker.face_landmarker_options import FaceLandmarkerOptions


@dataclass(frozen=True)
class LabelLimits:
    """What makes a label doubtful.

    score: presence below this. disagreement: mean distance between the landmarks of one pass and of two, in
    parts of the distance of the outer eye corners, above this. width_px: a face narrower than this.
    """

    score: float = 0.9
    disagreement: float = 0.03
    width_px: float = 80.0


def label_photos(
    photos: Iterable[Frame],
    limits: LabelLimits = LabelLimits(),  # noqa: B008 - frozen
    progress: Callable[[int], object] = lambda done: None,
) -> tuple[LabelFile, dict[str, str]]:
    """Labels of the largest face in each photo, and name → reason for those that are doubtful.

    A doubtful label is there, but of weight 0, so that no training learns from it; a photo in which no face
    is found has presence 0 and NaN for landmarks, and is doubtful too.
    """
    names, rows, trusts, presences = [], [], [], []
    doubts: dict[str, str] = {}
    with (
        FaceLandmarker(FaceLandmarkerOptions(num_faces=8)) as careful,
        FaceLandmarker(FaceLandmarkerOptions(num_faces=8, refine_passes=1)) as quick,
    ):
        for done, photo in enumerate(photos, 1):
            found, once = careful.detect(photo.image), quick.detect(photo.image)
            landmarks = np.full((LANDMARKS, 3), np.nan, np.float32)
            reason = "no face found"
            if len(found.landmarks_px):
                largest = int(np.argmax(np.ptp(found.landmarks_px[:, :, 0], axis=1)))
                landmarks = found.landmarks_px[largest]
                reason = _doubt(landmarks, float(found.scores[largest]), once.landmarks_px, limits)
            if reason:
                doubts[photo.name] = reason
            names.append(photo.name)
            rows.append(landmarks)
            trusts.append(np.full((LANDMARKS, 2), 0.0 if reason else 1.0, np.float32))
            presences.append(float(np.isfinite(landmarks).all()))
            progress(done)
    labels = LabelFile(
        names,
        np.array(rows, np.float32).reshape(-1, LANDMARKS, 3),
        np.array(trusts, np.float32).reshape(-1, LANDMARKS, 2),
        np.array(presences, np.float32),
    )
    return labels, doubts


def _doubt(landmarks: np.ndarray, score: float, others: np.ndarray, limits: LabelLimits) -> str:
    """Why these landmarks should not be trusted, or nothing."""
    width = float(np.ptp(landmarks[:, 0]))
    if score < limits.score:
        return f"presence {score:.2f}, expected {limits.score:g} or more"
    if width < limits.width_px:
        return f"the face is {width:.0f} px wide, expected {limits.width_px:g} or more"
    if not len(others):
        return "one pass finds no face"
    away = np.linalg.norm(others[:, :, :2] - landmarks[:, :2], axis=2).mean(1).min()
    apart = np.linalg.norm(landmarks[263, :2] - landmarks[33, :2])
    if away > limits.disagreement * apart:
        return f"one pass and two differ by {100 * away / max(apart, 1e-6):.1f} % of the eyes' distance"
    return ""
