"""Errors of predicted landmarks, normalised as the field does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from attention_mesh.models.topology.face_topology import FaceTopology
from attention_mesh.models.topology.landmarks_68 import landmarks_68
from attention_mesh.models.topology.refinement import region_landmarks

_OUTER_EYES, _MOUTH = (33, 263), (61, 291)
_UPPER_LIP = (0, 13)  # the middle of its outer and of its inner contour
_EYES = ((33, 133), (362, 263))


@dataclass(frozen=True)
class Errors:
    """Mean errors in percent: of all landmarks, the lips', the eyes'."""

    all: float
    lips: float
    eyes: float


def mesh_errors(predicted: np.ndarray, truth: np.ndarray) -> Errors:
    """Of one face, as the paper's Table 2 normalises them, whose landmarks are all known.

    Both (478, 3) px. Mean distance in the plane, of all landmarks by the 3D distance of the outer eye
    corners, of the 80 points of the lips by the distance of the mouth's corners, of each eye's contour by
    that of its corners, the mean of both eyes.
    """
    away = np.linalg.norm(predicted[:, :2] - truth[:, :2], axis=1)
    lips = away[region_landmarks()["lips"]].mean() / _length(truth[:, :2], *_MOUTH)
    eyes = [
        away[np.unique(FaceTopology.load().lines[name])].mean() / _length(truth[:, :2], *corners)
        for name, corners in zip(("RIGHT_EYE", "LEFT_EYE"), _EYES, strict=True)
    ]
    return Errors(100 * away.mean() / _length(truth, *_OUTER_EYES), 100 * lips, 100 * float(np.mean(eyes)))


def annotation_errors(predicted: np.ndarray, points: np.ndarray) -> Errors:
    """Of one face against the 68-point annotation by hand, points (68, 2) px; predicted (478, 2 or more) px.

    all: mean distance of the 51 inner points by that of the outer eye corners. lips, eyes: mean distance of
    the annotated points to the predicted contour, by the distance of the annotated corners; annotators put
    points at the same contour, but not at the same places along it.
    """
    table = landmarks_68()
    inner = np.flatnonzero(table >= 0)
    away = np.linalg.norm(predicted[table[inner], :2] - points[inner], axis=1).mean()
    topology = FaceTopology.load()
    outer_lips, inner_lips = (topology.ring("LIPS", lip) for lip in _UPPER_LIP)
    lips = np.r_[
        _to_ring(points[48:60], predicted[outer_lips, :2]), _to_ring(points[60:68], predicted[inner_lips, :2])
    ].mean() / _length(points, 48, 54)
    eyes = [
        _to_ring(points[first : first + 6], predicted[topology.ring(name), :2]).mean()
        / _length(points, first, first + 3)
        for name, first in (("RIGHT_EYE", 36), ("LEFT_EYE", 42))
    ]
    return Errors(100 * away / _length(points, 36, 45), 100 * lips, 100 * float(np.mean(eyes)))


def known_errors(predicted: np.ndarray, truth: np.ndarray) -> Errors | None:
    """Of one face, predicted (478, 3) px, by `mesh_errors` where all of truth (478, 3) px is known, else,
    where the points of the 68-point annotation are, by `annotation_errors`; None where even those are not.
    """
    if np.isfinite(truth).all():
        return mesh_errors(predicted, truth)
    table = landmarks_68()
    points = np.where(table[:, None] >= 0, truth[table, :2], np.nan)
    return annotation_errors(predicted, points) if np.isfinite(points[table >= 0]).all() else None


def mean_errors(errors: Sequence[Errors]) -> Errors:
    """Of all faces; NaN of none."""
    rows = [(one.all, one.lips, one.eyes) for one in errors]
    return Errors(*(map(float, np.mean(rows, 0)) if rows else (np.nan,) * 3))


def _length(points: np.ndarray, first: int, second: int) -> float:
    return float(np.linalg.norm(points[first] - points[second]))


def _to_ring(points: np.ndarray, ring: np.ndarray) -> np.ndarray:
    """Distances (N,) of points (N, 2) to the closed polyline (M, 2)."""
    along = np.roll(ring, -1, 0) - ring
    from_start = points[:, None] - ring
    share = (from_start * along).sum(-1) / np.maximum((along**2).sum(-1), 1e-9)
    return np.linalg.norm(from_start - share.clip(0, 1)[..., None] * along, axis=-1).min(1)
