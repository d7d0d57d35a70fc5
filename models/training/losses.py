"""Training losses: landmark distances and face presence."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from keras import ops

from attention_mesh.models.attention_mesh.regions import regions
from attention_mesh.models.preset import FEATURE_STRIDE, Preset
from attention_mesh.models.topology.face_topology import CONTOURS, NUM_LANDMARKS_WITH_IRISES, FaceTopology
from attention_mesh.models.topology.refinement import region_landmarks
from attention_mesh.models.training.loss_weights import LossWeights

# Percent; keeps the square root differentiable at distance 0.
_EPSILON = 1e-3
# The smallest cell of a crop that counts: before any training a mesh has no size.
_SMALLEST = 0.05


def landmark_losses(
    outputs: Mapping[str, Any],
    targets: Mapping[str, Any],
    trust: Any,
    weights: LossWeights,
    preset: Preset,
) -> dict[str, Any]:
    """Weighted scalar losses by name: mesh, z, presence, each region head, and transforms if θ is predicted.

    Distances are Euclidean in the plane, in percent of the input's side. Those of a region head are in
    percent of its crop's side, so that small regions count like large ones.

    Args:
        outputs: of a network, by name.
        targets: "landmarks" (B, 478, 3) float32 px, "presence" (B, 1) float32, and "transforms" (B, 3, 2, 3)
            float32, θ of the true landmarks, NaN if they are unknown.
        trust: (B, 478, 2) float32, the weight of x and y, and of z, of every landmark; 0 if unknown.
        weights: how much each loss counts.
        preset: of the network.
    """
    truth = targets["landmarks"]
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
        ideal = targets["transforms"]
        known = ops.logical_not(ops.isnan(ideal))
        gap = ops.where(known, outputs["predicted_transforms"] - ops.where(known, ideal, 0.0), 0.0)
        # The shift counts in cells, the turn in cells of the crop's width.
        gap = gap * np.array([preset.crop_size, preset.crop_size, 1], np.float32)
        percent_of_map = 100.0 / preset.feature_size
        losses["transforms"] = weights.transforms * percent_of_map * ops.mean(ops.abs(gap))
    return losses


def _length(gap: Any) -> Any:
    """Euclidean lengths (…) of vectors (…, 2)."""
    return ops.sqrt(ops.sum(gap * gap, -1) + _EPSILON**2)


def _mean(values: Any, trust: Any) -> Any:
    return ops.sum(values * trust) / (ops.sum(trust) + _EPSILON)


@cache
def _importance(contours: float) -> np.ndarray:
    """(478,) float32 weight of each landmark in the mesh."""
    importance = np.ones(NUM_LANDMARKS_WITH_IRISES, np.float32)
    for name in CONTOURS:
        importance[FaceTopology.load().lines[name].ravel()] = contours
    for name in ("right_iris", "left_iris"):
        importance[region_landmarks()[name]] = contours
    return importance
