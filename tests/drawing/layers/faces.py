"""A face for tests of layers: the canonical one, seen from the front."""

from __future__ import annotations

import numpy as np

from attention_mesh.drawing.layers.drawn_faces import DrawnFaces
from attention_mesh.models.topology.canonical_face import canonical_face

AHEAD = (0.0, 0.0, 1.0)


def face_points(height_px: float, center: tuple[float, float]) -> np.ndarray:
    """(478, 3) float32 px: z smaller is nearer."""
    points = canonical_face().vertices * [1, -1, -1]
    height = np.ptp(points[:468, 1])
    points = (points - points[:468].mean(0)) * height_px / height
    return (points + [*center, 0]).astype(np.float32)


def drawn_faces(*points: np.ndarray, **details: object) -> DrawnFaces:
    """Faces with everything that layers can draw."""
    count = len(points)
    places = np.stack(points)
    low, high = np.nanmin(places, axis=1), np.nanmax(places, axis=1)
    sides = 1.4 * (high - low)[:, :2].max(axis=1)
    rois = np.stack(
        [*((low + high) / 2)[:, :2].T, sides, sides, np.full(count, 0.2)], axis=1, dtype=np.float32
    )
    gaze = np.tile(np.float32([[0.5, 0.2, 0.84], [0.5, 0.2, 0.84], AHEAD]), (count, 1, 1))
    everything = {
        "rois": rois,
        "ids": np.arange(1, count + 1),
        "scores": np.full(count, 0.97, np.float32),
        "gaze": gaze,
        "texts": ["Ada"] * count,
        "timestamp_us": 0,
    }
    return DrawnFaces(places, **{**everything, **details})  # type: ignore[arg-type]
