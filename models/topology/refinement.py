"""Refinement tables: the landmarks that each output of the attention network refines (refinement.json)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np

# Numbers per landmark in each output of the attention network, in the order of `refinement_plan`. Only the
# mesh has a z.
OUTPUT_DIMENSIONS = (3, 2, 2, 2, 2, 2)


@cache
def _document() -> dict:
    return json.loads(Path(__file__).with_name("refinement.json").read_text(encoding="utf-8"))


@cache
def region_landmarks() -> dict[str, np.ndarray]:
    """Landmarks of each refined region, in the order of the network's outputs.

    Keys: lips (80,), right_eye (71,), left_eye (71,), right_iris (5,), left_iris (5,); int64. Left and right
    are the subject's. The arrays are shared: do not write to them.
    """
    return {region["name"]: np.array(region["landmarks"]) for region in _document()["regions"]}


@cache
def refinement_plan() -> tuple[tuple[np.ndarray, np.ndarray | str], ...]:
    """The plan of `geometry.landmark_refinement.LandmarkRefinement` for the attention network's outputs.

    One (landmarks, z rule) for each of mesh, lips, right eye, left eye, right iris, left iris. The rule is
    "copy", "keep" or the landmarks whose mean z the region takes. Left and right are the subject's.
    """
    document = _document()
    plan: list[tuple[np.ndarray, np.ndarray | str]] = [(np.arange(document["mesh_landmarks"]), "copy")]
    for region in document["regions"]:
        z_rule = region["z"] if isinstance(region["z"], str) else np.array(region["z"]["mean_of"])
        plan.append((np.array(region["landmarks"]), z_rule))
    return tuple(plan)
