"""Depth layer: the surface of the mesh, shaded by its normals and its depth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attention_mesh.drawing.layers.canvas import Canvas
from attention_mesh.drawing.layers.drawn_faces import DrawnFaces
from attention_mesh.drawing.layers.layer import Layer, rgb
from attention_mesh.models.topology.face_topology import NUM_LANDMARKS, FaceTopology

_LAMP = np.array([-0.35, -0.55, -0.76], np.float32)  # toward the light: from the upper left, in front
_DIMMEST = 0.25  # light of a triangle that faces away from the lamp


@dataclass(frozen=True)
class DepthLayer(Layer):
    """Triangles in flat shades, the far ones first: nearer triangles cover them.

    The shade follows the lamp, from the upper left. The color follows the depth, from `near_color` at the
    nearest landmark to `far_color` at the farthest. Triangles that face away are left out.

    Attributes:
        near_color: at the nearest landmark.
        far_color: at the farthest landmark.
        opacity: of the surface.
    """

    near_color: str = "#FFE8B0"
    far_color: str = "#3A4FA0"
    opacity: float = 0.85

    def draw(self, canvas: Canvas, faces: DrawnFaces) -> None:
        if faces.points_px.shape[2] != 3:
            raise ValueError("the layer depth needs points with z, (F, N, 3); they have two columns")
        near, far = np.array([rgb(self.near_color), rgb(self.far_color)], np.float32)
        for points in faces.points_px[:, :NUM_LANDMARKS]:
            order, light, depth = shaded_triangles(points, FaceTopology.load().triangles)
            colors = (near + (far - near) * depth[:, None]) * light[:, None]
            canvas.triangles(
                points[:, :2], FaceTopology.load().triangles[order], colors.astype(np.uint8), self.opacity
            )


def shaded_triangles(points: np.ndarray, triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The triangles that face the viewer, the farthest first, with their light and depth.

    Args:
        points: (N, 3) float32; y down, z smaller is nearer.
        triangles: (T, 3) int, counter-clockwise as seen from the front with y up.

    Returns:
        (K,) indices of triangles; (K,) float32 light in [0.25, 1]; (K,) float32 depth, 0 for the nearest
        landmark of all and 1 for the farthest.
    """
    a, b, c = points[triangles].transpose(1, 0, 2)
    normals = np.cross(b - a, c - a)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    depth = (a[:, 2] + b[:, 2] + c[:, 2]) / 3
    # With y down and z away from the viewer, a triangle that faces the viewer has a normal with z below 0.
    front = np.flatnonzero(normals[:, 2] < 0)
    order = front[np.argsort(-depth[front], kind="stable")]
    light = np.float32(_DIMMEST) + np.float32(1 - _DIMMEST) * np.clip(normals[order] @ _LAMP, 0, 1)
    nearest, farthest = points[:, 2].min(), points[:, 2].max()
    return order, light, (depth[order] - nearest) / max(float(farthest - nearest), 1e-6)
