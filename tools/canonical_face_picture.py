"""The picture docs/canonical_face.png: `python tools/canonical_face_picture.py` draws the canonical face."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from attention_mesh.geometry.head_pose import rotation_matrices
from attention_mesh.models.topology.canonical_face import canonical_face

FILE = Path(__file__).resolve().parents[1] / "docs" / "canonical_face.png"
VIEWS = (("front", 0), ("three quarters", 45), ("side", 90))
LIGHT = np.array([0.3, 0.5, 0.8])
SKIN, LINES, IRIS = np.array([0.93, 0.78, 0.68]), (0.25, 0.2, 0.2, 0.55), (0.15, 0.4, 0.75)
LIMITS_CM = ((-9, 10), (-9.5, 9))


def draw_view(axes: Axes, yaw_deg: float) -> None:
    """Draws the turned mesh without perspective, the nearest triangles last."""
    face = canonical_face()
    points = face.vertices @ rotation_matrices(np.radians([[0, yaw_deg, 0]]))[0].T
    corners = points[face.triangles]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    seen = np.flatnonzero(normals[:, 2] > 0)
    seen = seen[np.argsort(corners[seen, :, 2].mean(1))]
    shade = 0.45 + 0.55 * np.clip(normals[seen] @ (LIGHT / np.linalg.norm(LIGHT)), 0, 1)
    axes.add_collection(
        PolyCollection(
            corners[seen, :, :2], facecolors=shade[:, None] * SKIN, edgecolors=[LINES], linewidths=0.5
        )
    )
    irises = points[468:].reshape(2, 5, 3)[:, 1:] if yaw_deg < 60 else []
    for ring in irises:
        axes.fill(*ring[:, :2].T, facecolor="none", edgecolor=IRIS, linewidth=1.2)
    axes.set(xlim=LIMITS_CM[0], ylim=LIMITS_CM[1], aspect="equal", xlabel="cm")


def draw_texture(axes: Axes) -> None:
    """Draws the unwrapped triangles and irises."""
    face = canonical_face()
    axes.triplot(*face.uv.T, face.triangles, color=LINES, linewidth=0.6)
    for ring in face.uv[468:].reshape(2, 5, 2)[:, 1:]:
        axes.fill(*ring.T, facecolor="none", edgecolor=IRIS, linewidth=1.2)
    axes.set(xlim=(0, 1), ylim=(1, 0), aspect="equal", xlabel="u", ylabel="v")


def picture() -> Figure:
    """Three views, in cm, and the texture coordinates."""
    figure = Figure(figsize=(16, 4.4), layout="constrained")
    axes = figure.subplots(1, len(VIEWS) + 1)
    for place, (title, yaw_deg) in zip(axes, VIEWS, strict=False):
        draw_view(place, yaw_deg)
        place.set_title(title)
    draw_texture(axes[-1])
    axes[-1].set_title("texture coordinates")
    return figure


if __name__ == "__main__":
    picture().savefig(FILE, dpi=75)
