"""Landmark errors of the whole pipeline, detector to landmarks, on photos whose landmarks are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from attention_mesh.media.frame import Frame
from attention_mesh.models.evaluation.landmark_errors import Errors, known_errors, mean_errors
from attention_mesh.models.topology.landmarks_68 import landmarks_68
from attention_mesh.models.training.label_file import LabelFile
from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
from attention_mesh.python_bindings.landmarker.face_landmarker_options import FaceLandmarkerOptions

_TABLE = landmarks_68()
_NEEDED = _TABLE[_TABLE >= 0]
# A face further from the truth than this part of the eyes' distance is another face.
_SAME_FACE = 0.5


@dataclass(frozen=True)
class PhotoErrors:
    """found: errors by photo, of those whose face was found. lost: names of the others."""

    found: dict[str, Errors]
    lost: list[str]

    def mean(self) -> Errors:
        """Means over the photos; NaN where none was found."""
        return mean_errors(list(self.found.values()))


def photo_errors(
    photos: Iterable[Frame],
    labels: LabelFile,
    options: FaceLandmarkerOptions,
    progress: Callable[[int], object] = lambda done: None,
) -> PhotoErrors:
    """Errors as `known_errors` tells them. Photos without a label, or whose label has less, are passed
    over."""
    rows = {name: row for name, row in zip(labels.names, labels.landmarks, strict=True)}
    found: dict[str, Errors] = {}
    lost: list[str] = []
    with FaceLandmarker(options) as landmarker:
        for done, photo in enumerate(photos, 1):
            progress(done)
            truth = rows.get(photo.name)
            known = None if truth is None else np.isfinite(truth[:, :2]).all(1)
            if known is None or not known[_NEEDED].all():
                continue
            faces = landmarker.detect(photo.image).landmarks_px
            away = np.linalg.norm(faces[:, known, :2] - truth[known, :2], axis=2).mean(1)
            apart = np.linalg.norm(truth[263, :2] - truth[33, :2])
            if not len(faces) or away.min() > _SAME_FACE * apart:
                lost.append(photo.name)
                continue
            face = faces[int(away.argmin())]
            found[photo.name] = known_errors(face, truth)
    return PhotoErrors(found, lost)
