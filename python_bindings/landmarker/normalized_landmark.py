"""One landmark as an object, the shape MediaPipe Tasks hands out."""

from __future__ import annotations

from typing import NamedTuple


class NormalizedLandmark(NamedTuple):
    """A point of a face: x by the image's width, y by its height, z on x's scale (smaller is nearer).

    visibility and presence are None, for the mesh has one presence score a face and none a point.
    """

    x: float
    y: float
    z: float
    visibility: float | None = None
    presence: float | None = None
