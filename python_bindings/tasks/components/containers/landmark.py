"""Landmarks in the shape of MediaPipe Tasks: `NormalizedLandmark` in an image, `Landmark` in space."""

from __future__ import annotations

from dataclasses import dataclass

from attention_mesh.python_bindings.landmarker.normalized_landmark import NormalizedLandmark

__all__ = ["Landmark", "NormalizedLandmark"]


@dataclass
class Landmark:
    """A point in space, as `NormalizedLandmark`. No result of the face landmarker has one."""

    x: float | None = None
    y: float | None = None
    z: float | None = None
    visibility: float | None = None
    presence: float | None = None
    name: str | None = None
