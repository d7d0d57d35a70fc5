"""Teeth and tongue of the built-in avatar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.tools.avatar.face import Face
from attention_mesh.tools.avatar.head import jaw_movement
from attention_mesh.tools.avatar.sculpture import Sculpture, fan, outward, tube

Movement = Callable[[np.ndarray], np.ndarray]

_ARCH_RAD = 1.35  # half of the circle that a row of teeth covers
_ARCH_DEPTH = 1.9  # cm from the incisors to the molars
_BEHIND_LIPS = 0.85  # cm
_TONGUE_LENGTH, _TONGUE_OUT = 3.8, 2.9  # cm


class _Row(NamedTuple):
    """A row of teeth: the direction of its roots, its edge before the lips' line, its height, all in cm."""

    name: str
    up: int
    edge: float
    height: float
    inward: float
    bow: float  # by which the incisors are longer than the molars


_ROWS = (_Row("upperTeeth", 1, -0.34, 1.35, 0.0, 0.12), _Row("lowerTeeth", -1, -0.02, 1.05, 0.22, 0.0))


def add_mouth(sculpture: Sculpture, face: Face) -> None:
    """Adds two rows of teeth, whose texture has the gums too, and a tongue."""
    corners = face.points[landmark_groups()["inner_mouth_corners"]]
    center = face.points[landmark_groups()["inner_lip_middles"]].mean(0)
    half = 0.85 * np.ptp(corners[:, 0]) / 2
    jaw = {
        name: jaw_movement(face.points, delta)
        for name, delta in face.shapes.items()
        if name.startswith("jaw") or name == "tongueOut"
    }
    for row in _ROWS:
        vertices, triangles, places = _teeth(row, center, half)
        deltas = {} if row.up > 0 else {name: movement(vertices) for name, movement in jaw.items()}
        sculpture.add(row.name, "teeth", vertices, triangles, places, deltas)
    _add_tongue(sculpture, center - (0, 0.62, 1.45), half * 0.72, jaw)


def _teeth(row: _Row, center: np.ndarray, half: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vertices, triangles and texture places of a row; the incisors are in front of its middle."""
    along = np.linspace(-1, 1, 33)
    x = half * (1 - 0.06 * row.inward) * np.sin(_ARCH_RAD * along) / np.sin(_ARCH_RAD)
    back = _ARCH_DEPTH * (1 - np.cos(_ARCH_RAD * along)) / (1 - np.cos(_ARCH_RAD))
    z = center[2] - _BEHIND_LIPS - row.inward - back
    loops, places = [], []
    for share in np.linspace(0, 1, 6):  # from the edge to the gum
        # A tooth is thin at its edge and round in its middle; its gum is a little in front.
        round_ = 0.1 * np.sin(np.pi * min(1, share * 1.5)) ** 0.7
        out = round_ - 0.06 * (share == 0) + 0.12 * max(0, share - 0.7)
        height = row.edge + row.height * share - row.bow * (1 - share) * (1 - along**2)
        loops.append(np.stack([x, center[1] + row.up * height, z + out], 1))
        places.append(np.stack([(along + 1) / 2, np.full(len(along), share)], 1))
    vertices, triangles = tube(loops, closed=False)
    a, b, c = (vertices[triangles[:, corner]] for corner in range(3))
    if np.cross(b - a, c - a)[:, 2].sum() < 0:
        triangles = triangles[:, ::-1]
    return vertices, triangles, np.concatenate(places)


def _add_tongue(sculpture: Sculpture, tip: np.ndarray, half: float, jaw: Mapping[str, Movement]) -> None:
    """Adds a tongue with its tip at a place."""
    rows = []
    angle = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    steps = np.array([0, 0.008, 0.03, 0.07, 0.13, 0.21, 0.33, 0.5, 0.72, 1])
    for step in steps:
        wide = half * np.sqrt(np.clip(1 - (1 - min(step * 2.6, 1)) ** 2, 0.0004, 1)) * (0.85 + 0.15 * step)
        thick = 0.42 * np.sqrt(np.clip(1 - (1 - min(step * 3, 1)) ** 2, 0.0004, 1)) * (1 + step)
        groove = -0.1 * np.exp(-((np.sin(angle) / 0.3) ** 2)) * (np.cos(angle) > 0) * min(1, 3 * step)
        rows.append(
            np.stack(
                [
                    wide * np.sin(angle),
                    thick * np.cos(angle) + groove - 0.3 * step**2,
                    np.full(len(angle), -_TONGUE_LENGTH * step),
                ],
                1,
            )
            + tip
        )
    vertices, triangles = tube(rows)
    triangles = outward(vertices, np.concatenate([triangles, fan(np.arange(len(angle)))[:, ::-1]]))
    deltas = {name: movement(vertices) for name, movement in jaw.items()}
    forward = np.clip(1 - (tip[2] - vertices[:, 2]) / _TONGUE_LENGTH, 0, 1)
    # It rises over the lower lip, since it goes straight from inside to outside.
    out = np.stack([0 * forward, 0.75 * forward - 0.8 * forward**3, _TONGUE_OUT * forward], 1)
    deltas["tongueOut"] = deltas["tongueOut"] + out
    light = np.stack([np.full(len(vertices), 0.5), 0.55 + 0.4 * forward], 1)
    sculpture.add("tongue", "tongue", vertices, triangles, light, deltas)
