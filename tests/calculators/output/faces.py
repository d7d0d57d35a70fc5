"""Faces that the tests send: coefficients, poses and gaze of known meaning."""

from __future__ import annotations

import numpy as np

from attention_mesh.models.topology.blendshape_names import blendshape_index


def coefficients(**shapes: float) -> np.ndarray:
    """(1, 52) float32: the named shapes, 0 elsewhere."""
    values = np.zeros((1, 52), np.float32)
    for name, value in shapes.items():
        values[0, blendshape_index()[name]] = value
    return values


def turned(axis: str, degrees: float) -> np.ndarray:
    """(3, 3): a rotation about one axis of the metric frame, by the right-hand rule."""
    angle = np.radians(degrees)
    cos, sin = np.cos(angle), np.sin(angle)
    first, second = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
    rotation = np.eye(3)
    rotation[first, first] = rotation[second, second] = cos
    rotation[second, first], rotation[first, second] = sin, -sin
    return rotation


def pose(rotation: np.ndarray | None = None, place_cm=(0.0, 0.0, -40.0)) -> np.ndarray:
    """(1, 4, 4) float32."""
    matrix = np.eye(4, dtype=np.float32)
    if rotation is not None:
        matrix[:3, :3] = rotation
    matrix[:3, 3] = place_cm
    return matrix[None]


def gaze(left, right) -> np.ndarray:
    """(1, 3, 3) float32 unit vectors of two directions and their mean."""
    both = np.array([left, right], np.float64)
    both /= np.linalg.norm(both, axis=1, keepdims=True)
    mean = both.sum(0) / np.linalg.norm(both.sum(0))
    return np.concatenate([both, mean[None]])[None].astype(np.float32)
