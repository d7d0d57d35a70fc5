"""Landmark errors: mean distances of predicted landmarks, normalized as the paper's Table 2 does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from attention_mesh.models.topology.face_topology import FaceTopology
from attention_mesh.models.topology.landmark_groups import (
    interocular_distance,
    landmark_groups,
    landmarks_68,
)
from attention_mesh.models.topology.refinement import region_landmarks

_EYES = ("RIGHT_EYE", "LEFT_EYE")
_UPPER_LIP = ("upper_lip_top", "upper_lip_bottom")  # on its outer and on its inner contour


class Errors(NamedTuple):
    """Mean errors in percent: of all landmarks, of the lips, of the eyes."""

    all: float
    lips: float
    eyes: float


def mesh_errors(predicted: np.ndarray, truth: np.ndarray) -> Errors:
    """Errors of one face whose landmarks are all known, as in the paper's Table 2.

    Errors are mean distances in the plane: of all landmarks, relative to the 3D interocular distance; of the
    80 points of the lips, relative to the distance of the mouth's corners; of each eye's contour, relative to
    the distance of its corners, and then the mean of both eyes.

    Args:
        predicted: (478, 3) px.
        truth: (478, 3) px.
    """
    groups = landmark_groups()
    away = np.linalg.norm(predicted[:, :2] - truth[:, :2], axis=1)
    lips = away[region_landmarks()["lips"]].mean() / _length(truth[:, :2], *groups["mouth_corners"])
    eyes = [
        away[np.unique(FaceTopology.load().lines[name])].mean()
        / _length(truth[:, :2], *groups[f"{name.lower()}_corners"])
        for name in _EYES
    ]
    return Errors(100 * away.mean() / interocular_distance(truth), 100 * lips, 100 * float(np.mean(eyes)))


def annotation_errors(predicted: np.ndarray, points: np.ndarray) -> Errors:
    """Errors of one face against a 68-point annotation by hand.

    `all` is the mean distance of the 51 inner points, relative to the interocular distance. `lips` and `eyes`
    are mean distances of the annotated points to the predicted contour, relative to the distance of the
    annotated corners: annotators agree on a contour, but not on the places along it.

    Args:
        predicted: (478, 2 or more) px.
        points: (68, 2) px.
    """
    table = landmarks_68()
    inner = np.flatnonzero(table >= 0)
    away = np.linalg.norm(predicted[table[inner], :2] - points[inner], axis=1).mean()
    topology = FaceTopology.load()
    outer_lips, inner_lips = (topology.ring("LIPS", topology.names[lip]) for lip in _UPPER_LIP)
    lips = np.r_[
        distances_to_contour(points[48:60], predicted[outer_lips, :2]),
        distances_to_contour(points[60:68], predicted[inner_lips, :2]),
    ].mean() / _length(points, 48, 54)
    eyes = [
        distances_to_contour(points[first : first + 6], predicted[topology.ring(name), :2]).mean()
        / _length(points, first, first + 3)
        for name, first in (("RIGHT_EYE", 36), ("LEFT_EYE", 42))
    ]
    return Errors(100 * away / _length(points, 36, 45), 100 * lips, 100 * float(np.mean(eyes)))


def known_errors(predicted: np.ndarray, truth: np.ndarray) -> Errors | None:
    """Errors of one face by `mesh_errors`, or by `annotation_errors` if only part of the truth is known.

    Args:
        predicted: (478, 3) px.
        truth: (478, 3) px, NaN if unknown.

    Returns:
        None if not even the points of the 68-point annotation are known.
    """
    if np.isfinite(truth).all():
        return mesh_errors(predicted, truth)
    table = landmarks_68()
    points = np.where(table[:, None] >= 0, truth[table, :2], np.nan)
    return annotation_errors(predicted, points) if np.isfinite(points[table >= 0]).all() else None


def mean_errors(errors: Sequence[Errors]) -> Errors:
    """Mean of each error over all faces; NaN if there is none."""
    return Errors(*(map(float, np.mean(errors, 0)) if errors else (np.nan,) * 3))


def _length(points: np.ndarray, first: int, second: int) -> float:
    return float(np.linalg.norm(points[first] - points[second]))


def distances_to_contour(points: np.ndarray, contour: np.ndarray) -> np.ndarray:
    """Distances (N,) of points (N, 2) to the nearest place on a closed polyline (M, 2)."""
    along = np.roll(contour, -1, 0) - contour
    from_start = points[:, None] - contour
    share = (from_start * along).sum(-1) / np.maximum((along**2).sum(-1), 1e-9)
    return np.linalg.norm(from_start - share.clip(0, 1)[..., None] * along, axis=-1).min(1)
