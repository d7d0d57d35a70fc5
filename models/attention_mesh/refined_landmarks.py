"""Refined landmarks: all outputs of a network as one mesh of 478 landmarks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from keras import ops

from attention_mesh.geometry.landmark_refinement import KEEP_Z, LandmarkRefinement, RefinementLayout
from attention_mesh.models.topology.refinement import OUTPUT_DIMENSIONS, refinement_plan, region_landmarks


def refined_landmarks(outputs: Mapping[str, Any]) -> Any:
    """The mesh of a network's outputs, with lips, eyes and irises from their own heads.

    Lips, eyes and irises overwrite x and y of the mesh, as in MediaPipe's LandmarksRefinementCalculator. z
    stays the mesh's. If the mesh has no irises (468 points), an iris takes the mean z of its eye's 16-point
    contour.

    Args:
      outputs: of `AttentionMesh` or `Cascade`. The outputs of `Mesh` have no regions; its landmarks return
        unchanged.

    Returns:
      (B, 478, 3) float32 in the units of the outputs; an array if the outputs are arrays.
    """
    mesh = outputs["mesh"]
    if "lips" not in outputs:
        return mesh
    layout = _layout(mesh.shape[1])
    parts = [mesh, *(outputs[name] for name in region_landmarks())]
    numbers = ops.concatenate([ops.reshape(part, (-1, part.shape[1] * part.shape[2])) for part in parts], 1)
    sources = layout.sources.reshape(-1, 3).copy()
    if layout.weights.size:
        sums = ops.matmul(ops.take(numbers, layout.mixed_sources.astype(np.int32), 1), layout.weights)
        sources[layout.mixed, 2] = layout.length + np.arange(layout.weights.shape[1])
        numbers = ops.concatenate([numbers, sums], 1)
    refined = ops.reshape(ops.take(numbers, sources.ravel().astype(np.int32), 1), (-1, len(sources), 3))
    return ops.convert_to_numpy(refined) if isinstance(mesh, np.ndarray) else refined


@cache
def _layout(mesh_landmarks: int) -> RefinementLayout:
    plan = list(refinement_plan())
    if mesh_landmarks > len(plan[0][0]):
        plan = [(np.arange(mesh_landmarks), plan[0][1]), *((indices, KEEP_Z) for indices, _ in plan[1:])]
    return LandmarkRefinement(plan).layout(OUTPUT_DIMENSIONS)
