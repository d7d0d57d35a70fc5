"""Face rig: a 3D face with identities, expressions, eyeballs and landmarks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from attention_mesh.models.topology.blendshape_names import LOOK_DEGREES


class Material(IntEnum):
    """Material of a triangle of a rig; it decides the triangle's color."""

    FACE = 0  # textured, left half of the skin
    HEAD = 1  # textured, right half of the skin
    EYE = 2
    MOUTH = 3
    GUMS = 4
    TEETH = 5


@dataclass(frozen=True)
class Eye:
    """An eyeball of a rig.

    Attributes:
        side: "Left" or "Right", the subject's.
        first, last: its range of vertices, end exclusive.
        center: (3,), of its sphere.
        axis: (3,), from the center to the pupil.
        radius: of the sphere.
        iris_radius: of the iris ring.
        landmarks: first of its five iris landmarks, 468 or 473.
    """

    side: str
    first: int
    last: int
    center: np.ndarray
    axis: np.ndarray
    radius: float
    iris_radius: float
    landmarks: int


@dataclass(frozen=True)
class FaceRig:
    """Vertices, shapes, materials and landmarks of a face.

    The unit is about a centimeter; +x is the subject's left, +y up, +z out of the face.

    Attributes:
        neutral: (V, 3) float32.
        triangles: (T, 3) int32, counter-clockwise seen from outside.
        materials: (T,) of `Material`.
        uv: (T, 3, 2) float32, place of each corner in the skin of its material, 0 to 1, v up; only FACE and
            HEAD use it.
        expression_names: (K,), ARKit's.
        expressions: (K, V, 3) float32, the displacement at weight 1.
        identities: (I, V, 3) float32, the displacement at weight 1.
        landmark_vertices, landmark_weights: (478, 3) int32 and float32, three vertices and their shares.
        eyes: the eyeballs, which turn with the eyeLook… expressions.
        name: for error texts.
    """

    neutral: np.ndarray
    triangles: np.ndarray
    materials: np.ndarray
    uv: np.ndarray
    expression_names: tuple[str, ...]
    expressions: np.ndarray
    identities: np.ndarray
    landmark_vertices: np.ndarray
    landmark_weights: np.ndarray
    eyes: tuple[Eye, ...]
    name: str = field(default="rig")

    def vertices(self, identity: np.ndarray, expression: Mapping[str, float]) -> np.ndarray:
        """(V, 3) float32 vertices of one person with one expression.

        Args:
            identity: (I,) weights, or fewer.
            expression: weights by name, usually 0 to 1.

        Raises:
            KeyError: the rig has no expression of this name.
        """
        shape = self.neutral.copy()
        if len(identity):
            shape += np.tensordot(np.asarray(identity, np.float32), self.identities[: len(identity)], 1)
        for eye in self.eyes:
            self._turn(shape, eye, expression)
        index = {name: number for number, name in enumerate(self.expression_names)}
        for name, weight in expression.items():
            if name not in index and name not in LOOK_DEGREES:
                raise KeyError(f"rig {self.name!r} has no expression {name!r}")
            if weight and name in index:
                shape += np.float32(weight) * self.expressions[index[name]]
        return shape

    def landmarks(self, vertices: np.ndarray) -> np.ndarray:
        """(478, D) landmarks of vertices (V, D)."""
        return (vertices[self.landmark_vertices] * self.landmark_weights[:, :, None]).sum(1)

    def _turn(self, shape: np.ndarray, eye: Eye, expression: Mapping[str, float]) -> None:
        """Turns the eyeball in place about its center, which the identity has moved."""
        yaw = pitch = 0.0
        for name, (left, up) in LOOK_DEGREES.items():
            if name.endswith(eye.side):
                yaw += left * expression.get(name, 0.0)
                pitch += up * expression.get(name, 0.0)
        ball = slice(eye.first, eye.last)
        moved = (shape[ball] - self.neutral[ball]).mean(0)
        center = eye.center + moved
        # Eyeballs stay round: an identity moves them, but does not stretch them.
        rest = self.neutral[ball] - eye.center
        shape[ball] = rest @ rotation(math.radians(yaw), math.radians(pitch), 0).T + center


def rotation(yaw_rad: float, pitch_rad: float, roll_rad: float) -> np.ndarray:
    """(3, 3) float32 rotation to the subject's left, then up, then clockwise as seen by the camera."""
    (cy, sy), (cp, sp), (cr, sr) = (
        (math.cos(angle), math.sin(angle)) for angle in (yaw_rad, pitch_rad, -roll_rad)
    )
    turn_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    turn_x = np.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
    turn_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return (turn_z @ turn_y @ turn_x).astype(np.float32)
