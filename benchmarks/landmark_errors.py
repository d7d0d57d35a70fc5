"""Landmark errors of the accuracy benchmark, in percent: irises, and differences between two meshes.

The table that relates the mesh and the 189-point annotation is in landmark_templates.json.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from attention_mesh.models.topology.landmark_groups import interocular_distance


class IrisErrors(NamedTuple):
    """Errors of one face's irises against 8-point rings, mean of both eyes, in percent.

    Args:
      center: distance of the centers relative to the distance of the eye's corners.
      radius: difference of the radii relative to the annotated radius.
    """

    center: float
    radius: float


def iris_errors(mesh: np.ndarray, annotation: np.ndarray) -> IrisErrors:
    """The errors of a mesh against the annotation of the same image.

    Args:
      mesh: (478, 2 or 3) float px.
      annotation: (189, 2) float px.
    """
    mesh = mesh[:, :2]
    center_errors, radius_errors = [], []
    for iris in _templates()["irises"]:
        ring = annotation[iris["ring"]]
        center = ring.mean(axis=0)
        radius = np.linalg.norm(ring - center, axis=1).mean()
        width = np.linalg.norm(np.subtract(*annotation[iris["eye_corners"]]))
        found = mesh[iris["mesh_center"]]
        found_radius = np.linalg.norm(mesh[iris["mesh_ring"]] - found, axis=1).mean()
        center_errors.append(np.linalg.norm(found - center) / width)
        radius_errors.append(abs(found_radius - radius) / radius)
    return IrisErrors(100 * float(np.mean(center_errors)), 100 * float(np.mean(radius_errors)))


def differences(mesh: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The distance in x, y of each landmark between two meshes, in percent of `other`'s interocular distance.

    Args:
      mesh: (N, 2 or 3) float px.
      other: (N, 2 or 3) float px.

    Returns:
      (N,).
    """
    return 100 * np.linalg.norm((mesh - other)[:, :2], axis=1) / interocular_distance(other[:, :2])


@cache
def _templates() -> dict:
    return json.loads(Path(__file__).with_name("landmark_templates.json").read_text(encoding="utf-8"))
