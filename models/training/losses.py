"""What training makes small: distances of landmarks, and doubt about whether there is a face."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from keras import ops

from attention_mesh.models.attention_mesh.preset import FEATURE_STRIDE, Preset
from attention_mesh.models.attention_mesh.regions import regions
from attention_mesh.models.topology.face_topology import NUM_LANDMARKS_WITH_IRISES, FaceTopology
from attention_mesh.models.topology.refinement import region_landmarks

# Keeps the square root of a distance of 0 differentiable, in percent.
_EPSILON = 1e-3
# No crop counts as smaller than this part of its cells: a mesh before any training has no size.
_SMALLEST = 0.05


@dataclass(frozen=True)
class LossWeights:
    """How much each part of the loss counts.

    contours: in the mesh, a landmark of an eye, iris, brow, lip or the face's outline against any other one.
    z: depth against x and y. regions: all region heads together against the mesh. transforms: predicted θ.
    presence: the face flag.
    """

    contours: float = 3.0
    z: float = 0.3
    regions: float = 1.0
    transforms: float = 1.0
    presence: float = 1.0


def landmark_losses(
    outputs: Mapping[str, Any], targets: Mapping[str, Any], ideal: Any, weights: LossWeights, preset: Preset
) -> dict[str, Any]:
    """Scalars by name, weighted: mesh, z, presence, each region head, and transforms where θ is predicted.

    targets: as `Batches` gives them. ideal: (B, 3, 2, 3) θ of the true landmarks, NaN where they are unknown.
    Distances are Euclidean in the plane, in percent of the input's side; those of a region head in percent
    of its crop's side, so that small regions count like large ones.
    """
    truth, trust = targets["landmarks"], targets["weights"]
    mesh = outputs["mesh"]
    count = mesh.shape[1]
    importance = _importance(weights.contours)[:count]
    percent = 100.0 / preset.input_size
    doubt = ops.binary_crossentropy(targets["presence"], outputs["presence"], from_logits=True)
    gap = (mesh - truth[:, :count]) * percent
    losses = {
        "mesh": _mean(_length(gap[:, :, :2]), trust[:, :count, 0] * importance),
        "z": weights.z * _mean(ops.abs(gap[:, :, 2]), trust[:, :count, 1] * importance),
        "presence": weights.presence * ops.mean(doubt),
    }
    if "transforms" not in outputs:
        return losses
    total = sum(len(indices) for indices in region_landmarks().values())
    for number, region in enumerate(regions()):
        theta = ops.stop_gradient(outputs["transforms"][:, number])
        cell = ops.maximum(ops.sqrt(ops.sum(theta[:, :, 0] ** 2, -1, keepdims=True)), _SMALLEST)
        percent_of_crop = 100.0 / (cell * preset.crop_size * FEATURE_STRIDE)
        for name in region.heads:
            indices = region_landmarks()[name]
            away = _length(outputs[name] - ops.take(truth, indices, 1)[:, :, :2]) * percent_of_crop
            share = weights.regions * len(indices) / total
            losses[name] = share * _mean(away, ops.take(trust, indices, 1)[:, :, 0])
    if "predicted_transforms" in outputs:
        known = ops.logical_not(ops.isnan(ideal))
        gap = ops.where(known, outputs["predicted_transforms"] - ops.where(known, ideal, 0.0), 0.0)
        # The shift counts in cells, the turn in cells of the crop's width.
        gap = gap * np.array([preset.crop_size, preset.crop_size, 1], np.float32)
        percent_of_map = 100.0 / preset.feature_size
        losses["transforms"] = weights.transforms * percent_of_map * ops.mean(ops.abs(gap))
    return losses


def _length(gap: Any) -> Any:
    """(…, 2) → (…), Euclidean."""
    return ops.sqrt(ops.sum(gap * gap, -1) + _EPSILON**2)


def _mean(values: Any, trust: Any) -> Any:
    return ops.sum(values * trust) / (ops.sum(trust) + _EPSILON)


@cache
def _importance(contours: float) -> np.ndarray:
    """(478,), of each landmark in the mesh."""
    importance = np.ones(NUM_LANDMARKS_WITH_IRISES, np.float32)
    for name in ("LIPS", "LEFT_EYE", "RIGHT_EYE", "LEFT_EYEBROW", "RIGHT_EYEBROW", "FACE_OVAL"):
        importance[FaceTopology.load().lines[name].ravel()] = contours
    for name in ("right_iris", "left_iris"):
        importance[region_landmarks()[name]] = contours
    return importance
