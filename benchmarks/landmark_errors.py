"""How far a face mesh lies from what people annotated: point, contour and iris errors, in per cent.

The tables that relate mesh and annotation are in landmark_templates.json.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np


class ContourErrors(NamedTuple):
    """Errors of one face against a 68-point annotation, in per cent.

    inner: mean distance of the 51 inner points by the interocular (outer eye corner) distance.
    lips: mean distance of the annotated lip points to the mesh's lip contours by the mouth's corner distance.
    eyes: the same for the lids, by each eye's corner distance.
    """

    inner: float
    lips: float
    eyes: float


class IrisErrors(NamedTuple):
    """Errors of one face's irises against 8-point rings, mean of both eyes, in per cent.

    centre: distance of the centres by the eye's corner distance. radius: difference of the radii by the
    annotated radius.
    """

    centre: float
    radius: float


def distances_to_contour(points: np.ndarray, contour: np.ndarray) -> np.ndarray:
    """Distance of each point to the nearest place on a closed polygon, not only to its corners.

    points: (P, 2) float, contour: (C, 2) float, in one unit. Returns (P,).
    """
    start, edge = contour, np.roll(contour, -1, axis=0) - contour
    squared_length = np.maximum((edge**2).sum(axis=1), 1e-9)
    along = np.clip(((points[:, None] - start) * edge).sum(axis=-1) / squared_length, 0, 1)
    nearest = start + along[..., None] * edge
    return np.linalg.norm(points[:, None] - nearest, axis=-1).min(axis=1)


def contour_errors(mesh: np.ndarray, annotation: np.ndarray) -> ContourErrors:
    """mesh: (468 or 478, 2 or 3) float px; annotation: (68, 2) float px of the same image."""
    mesh = mesh[:, :2]
    tables = _templates()["template_68"]
    span = {
        name: float(np.linalg.norm(annotation[a] - annotation[b]))
        for name, (a, b) in tables["corner_distance_points"].items()
    }

    def distances(name: str) -> np.ndarray:
        contour = tables["contours"][name]
        return distances_to_contour(annotation[contour["points"]], mesh[contour["mesh"]])

    points, vertices = zip(
        *((int(point), vertex) for point, vertex in tables["inner_51"].items()), strict=True
    )
    inner = np.linalg.norm(mesh[list(vertices)] - annotation[list(points)], axis=1).mean()
    lips = np.concatenate([distances("lips_outer"), distances("lips_inner")]).mean()
    eyes = np.concatenate([distances(name) / span[name] for name in ("right_eye", "left_eye")]).mean()
    return ContourErrors(100 * inner / span["interocular"], 100 * lips / span["lips"], 100 * eyes)


def iris_errors(mesh: np.ndarray, annotation: np.ndarray) -> IrisErrors:
    """mesh: (478, 2 or 3) float px; annotation: (189, 2) float px of the same image."""
    mesh = mesh[:, :2]
    centre_errors, radius_errors = [], []
    for iris in _templates()["template_189"]["irises"]:
        ring = annotation[iris["ring"]]
        centre = ring.mean(axis=0)
        radius = np.linalg.norm(ring - centre, axis=1).mean()
        width = np.linalg.norm(np.subtract(*annotation[iris["eye_corners"]]))
        found = mesh[iris["mesh_centre"]]
        found_radius = np.linalg.norm(mesh[iris["mesh_ring"]] - found, axis=1).mean()
        centre_errors.append(np.linalg.norm(found - centre) / width)
        radius_errors.append(abs(found_radius - radius) / radius)
    return IrisErrors(100 * float(np.mean(centre_errors)), 100 * float(np.mean(radius_errors)))


def differences(mesh: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Distance of each landmark between two meshes in x, y, in per cent of `other`'s interocular distance.

    mesh, other: (N, 2 or 3) float px. The interocular distance is that of the outer eye corners, 33 and 263.
    Returns (N,).
    """
    interocular = np.linalg.norm(other[33, :2] - other[263, :2])
    return 100 * np.linalg.norm((mesh - other)[:, :2], axis=1) / interocular


@cache
def _templates() -> dict:
    return json.loads(Path(__file__).with_name("landmark_templates.json").read_text(encoding="utf-8"))
