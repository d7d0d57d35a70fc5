"""Canonical face: the mean face in centimeters, to which poses and metric meshes refer."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from attention_mesh.models.topology.face_topology import FaceTopology


class CanonicalFace(NamedTuple):
    """A neutral, symmetric face with closed lips, in the canonical metric frame.

    The frame is right-handed, in cm: x to the subject's left, y up, z out of the face. The origin lies inside
    the head: the middle of the four eye corners is at (0, 2.62, 3.47), as in MediaPipe's canonical face. z is
    the direction in which people face a camera for a portrait.

    Attributes:
        vertices: (478, 3) float32, cm; vertex i is landmark i. `mirror_landmarks()` mirrors it onto itself.
        triangles: (898, 3) int32, as in `FaceTopology`: counter-clockwise from the front, eyes and mouth
            closed. No triangle joins the irises (468 to 477).
        uv: (478, 2) float32 in [0, 1], origin at the top left of the texture, u to the subject's left. The
            map is conformal and symmetric about u = 0.5, and no two triangles overlap.
    """

    vertices: np.ndarray
    triangles: np.ndarray
    uv: np.ndarray


@cache
def canonical_face() -> CanonicalFace:
    """The package's canonical face; its arrays are shared and read-only.

    `tools/canonical_face.py` made it of the landmarks that the official network finds in photos of neutral
    faces.
    """
    with np.load(Path(__file__).with_name("canonical_face.npz")) as arrays:
        vertices, uv = arrays["vertices"], arrays["uv"]
    for array in (vertices, uv):
        array.flags.writeable = False
    return CanonicalFace(vertices, FaceTopology.load().triangles, uv)
