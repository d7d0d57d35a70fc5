"""Avatar model: a head's mesh, materials and blend shapes, and how coefficients, pose and gaze move it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES, LOOK_DEGREES

_LEAST = 1e-3  # coefficient that is not 0
LARGEST_LOOK_RAD = np.radians([40, 35])  # of an eye in its socket, sideways and up


@dataclass(frozen=True)
class AvatarMaterial:
    """Surface of some of an avatar's triangles.

    Attributes:
        name: for messages and files.
        color: RGB, 0 to 1 as displayed (sRGB); multiplies the texture.
        texture: (H, W, 3) uint8 RGB, first row at v = 0; None for a plain color.
        gloss: share of light that the surface mirrors, 0 to 1.
        roughness: 0 mirrors sharply, 1 not at all.
        two_sided: whether the back of a triangle is drawn too.
        alpha: (H, W) uint8, the share by which the surface hides what is behind it, laid out as the texture;
            None if it hides all. Of surfaces that do not, only the nearest one at a pixel is drawn.
    """

    name: str
    color: tuple[float, float, float] = (1.0, 1.0, 1.0)
    texture: np.ndarray | None = None
    gloss: float = 0.04
    roughness: float = 0.6
    two_sided: bool = False
    alpha: np.ndarray | None = None


@dataclass(frozen=True)
class AvatarEye:
    """Part of an avatar that turns with the gaze.

    Attributes:
        vertices: (E,) int32, the vertices that turn.
        center: (3,) float32, cm in the avatar's frame.
    """

    vertices: np.ndarray
    center: np.ndarray


@dataclass(frozen=True)
class AvatarModel:
    """A head with the 52 blend shapes.

    Its frame is the canonical face's: cm, +x to the subject's left, +y up, +z out of the face.

    Attributes:
        name: for messages: the file's name.
        vertices: (V, 3) float32, neutral.
        triangles: (T, 3) int32, counter-clockwise seen from outside.
        triangle_materials: (T,) int32, indices of `materials`.
        uv: (V, 2) float32, place in the material's texture: from its first column and first row, 0 to 1.
        materials: the surfaces.
        moving: (M,) int32, the vertices that a shape moves.
        shapes: (52, M, 3) float32, their displacement at coefficient 1, in the order of `BLENDSHAPE_NAMES`. A
            shape that the avatar lacks is 0.
        eyes: left and right eye; empty if the avatar has none that turn.
        welded: (V,) int32, for each vertex the first one at its place, so that normals are smooth across the
            borders of textures; None if no two vertices share a place.
        upright: (V,) float32, share by which a vertex moves with the head but does not turn with it, such as
            the shoulders; None if all turn.
        pivot: (3,) float32, cm, the point of the neck about which the head turns against upright parts.
    """

    name: str
    vertices: np.ndarray
    triangles: np.ndarray
    triangle_materials: np.ndarray
    uv: np.ndarray
    materials: tuple[AvatarMaterial, ...]
    moving: np.ndarray
    shapes: np.ndarray
    eyes: tuple[AvatarEye, ...] = ()
    welded: np.ndarray | None = None
    upright: np.ndarray | None = None
    pivot: np.ndarray = field(default_factory=lambda: np.zeros(3, np.float32))
    _flat: np.ndarray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_flat", np.ascontiguousarray(self.shapes.reshape(len(self.shapes), -1)))

    def posed(
        self, coefficients: np.ndarray, pose: np.ndarray, gaze: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The head as a face holds it.

        Args:
            coefficients: (52,) float in the order of `BLENDSHAPE_NAMES`, 0 to 1.
            pose: (4, 4) float, from the canonical face to the camera's frame, cm.
            gaze: (2 or 3, 3) float, unit vectors of the left and the right eye in the camera's frame; None
                takes the eyeLook… coefficients.

        Returns:
            (V, 3) float32 vertices in the camera's frame, cm, and (V, 3) float32 unit normals.
        """
        vertices = self.vertices.copy()
        weights = np.asarray(coefficients, np.float32)
        # A sum of the few shapes that are not 0 takes less than a product, and wakes no threads.
        moved = np.zeros(self._flat.shape[1], np.float32)
        for row in np.flatnonzero(np.abs(weights) > _LEAST).tolist():
            moved += weights[row] * self._flat[row]
        vertices[self.moving] += moved.reshape(-1, 3)
        rotation = np.asarray(pose[:3, :3], np.float32)
        for side, (eye, look) in enumerate(zip(self.eyes, look_angles(weights), strict=False)):
            if gaze is not None:
                look = gaze_angles(pose, gaze[side])
            turn = _look_rotation(np.clip(look, -LARGEST_LOOK_RAD, LARGEST_LOOK_RAD))
            vertices[eye.vertices] = (vertices[eye.vertices] - eye.center) @ turn.T + eye.center
        shift = np.asarray(pose[:3, 3], np.float32)
        turned = vertices @ rotation.T + shift
        if self.upright is not None:
            scale = np.cbrt(np.linalg.det(rotation))
            upright = (vertices - self.pivot) * scale + (rotation @ self.pivot + shift)
            turned += self.upright[:, None] * (upright - turned)
        return turned, self._normals(turned)

    def _normals(self, vertices: np.ndarray) -> np.ndarray:
        triangles = self.triangles
        a, b, c = (vertices.take(triangles[:, corner], axis=0) for corner in range(3))
        normals = _cross(b - a, c - a)
        owners = triangles if self.welded is None else self.welded[triangles]
        owners = owners.T.ravel()
        sums = np.stack(
            [np.bincount(owners, np.tile(normals[:, axis], 3), len(vertices)) for axis in range(3)], 1
        ).astype(np.float32)
        if self.welded is not None:
            sums = sums[self.welded]
        length = np.sqrt(np.einsum("ij,ij->i", sums, sums))
        return sums / np.maximum(length, 1e-12)[:, None]


def look_angles(coefficients: np.ndarray) -> np.ndarray:
    """(2, 2) float32 radians that the left and the right eye turn by: to the subject's left, and up.

    Args:
        coefficients: (52,), in the order of `BLENDSHAPE_NAMES`.
    """
    return np.radians(np.asarray(coefficients, np.float32) @ _LOOK_TABLE).reshape(2, 2)


def _look_table() -> np.ndarray:
    table = np.zeros((len(BLENDSHAPE_NAMES), 2, 2), np.float32)
    for name, (left, up) in LOOK_DEGREES.items():
        table[BLENDSHAPE_NAMES.index(name), 0 if name.endswith("Left") else 1] = left, up
    return table.reshape(-1, 4)


_LOOK_TABLE = _look_table()


def gaze_angles(pose: np.ndarray, gaze: np.ndarray) -> np.ndarray:
    """(2,) float32 radians that an eye turns by: to the subject's left, and up.

    Args:
        pose: (4, 4), canonical face to the camera's frame.
        gaze: (3,), a vector in the camera's frame, of any length.
    """
    x, y, z = np.asarray(pose[:3, :3]).T @ gaze
    return np.array([np.arctan2(x, z), np.arctan2(y, np.hypot(x, z))], np.float32)


def _look_rotation(look: np.ndarray) -> np.ndarray:
    """(3, 3) float32, Ry(left) Rx(up): turns +z toward the look."""
    (cos_y, cos_x), (sin_y, sin_x) = np.cos(look), np.sin(look)
    return np.array(
        [[cos_y, -sin_y * sin_x, sin_y * cos_x], [0, cos_x, sin_x], [-sin_y, -cos_y * sin_x, cos_y * cos_x]],
        np.float32,
    )


def _cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The cross product of rows (N, 3); several times as fast as np.cross."""
    out = np.empty_like(a)
    for axis in range(3):
        one, two = (axis + 1) % 3, (axis + 2) % 3
        np.multiply(a[:, one], b[:, two], out=out[:, axis])
        out[:, axis] -= a[:, two] * b[:, one]
    return out
