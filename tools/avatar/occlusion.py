"""Ambient occlusion: how much of the surrounding light reaches each vertex of a still mesh."""

from __future__ import annotations

import numpy as np

from attention_mesh.drawing.avatar.triangle_buffer import triangle_buffer

_DIRECTIONS = 160
_PICTURE_PX = 512
_LIFT = 0.14  # cm in front of the surface where its light is measured, so that it does not shade itself


def ambient_light(vertices: np.ndarray, normals: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(V,) share 0 to 1 of a uniform sky that each vertex sees, weighted by the cosine.

    The mesh is drawn from many directions without perspective; a vertex sees the light from a direction if
    nothing is in front of it in that picture.
    """
    center, size = vertices.mean(0), np.ptp(vertices, axis=0).max() * 1.3
    lifted = vertices + _LIFT * normals
    seen, total = np.zeros(len(vertices)), np.zeros(len(vertices))
    golden = np.pi * (3 - np.sqrt(5))
    for index in range(_DIRECTIONS):
        y = 1 - 2 * (index + 0.5) / _DIRECTIONS
        radius = np.sqrt(1 - y * y)
        toward = np.array([radius * np.cos(golden * index), y, radius * np.sin(golden * index)])
        side = np.cross(toward, [0.31, 0.95, 0.02])
        side /= np.linalg.norm(side)
        axes = np.stack([side, np.cross(toward, side), toward], 1)
        local = (vertices - center) @ axes
        places = (local[:, :2] / size + 0.5) * _PICTURE_PX
        nearness = local[:, 2] / size + 2  # above 0, larger is nearer to the light
        _, nearest = triangle_buffer(
            places[triangles].astype(np.float32),
            nearness[triangles].astype(np.float32),
            _PICTURE_PX,
            _PICTURE_PX,
        )
        local = (lifted - center) @ axes
        column, row = np.clip((local[:, :2] / size + 0.5) * _PICTURE_PX, 0, _PICTURE_PX - 1).astype(int).T
        cosine = np.maximum(normals @ toward, 0)
        seen += cosine * (nearest[row, column] <= local[:, 2] / size + 2 + 0.3 * _LIFT / size)
        total += cosine
    return seen / np.maximum(total, 1e-9)
