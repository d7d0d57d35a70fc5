"""Eyeballs and ears of the built-in avatar."""

from __future__ import annotations

import numpy as np

from attention_mesh.tools.avatar.face import EyeBall, named
from attention_mesh.tools.avatar.head import Skull
from attention_mesh.tools.avatar.sculpture import Sculpture, fan, mirrored, outward, tube

IRIS_SHARE = 0.47  # radius of the iris by that of the eyeball
CORNEA = 1.04  # bulge of the cornea by the radius
_EYE_AROUND = 24


def add_eye(sculpture: Sculpture, side: str, eye: EyeBall) -> slice:
    """Adds an eyeball that looks along +z, with a cornea that bulges and a flat iris below it."""
    angle = np.linspace(0, 2 * np.pi, _EYE_AROUND, endpoint=False)
    edge = np.arcsin(IRIS_SHARE)
    polar = np.r_[0.02, edge * np.array([0.4, 0.75, 0.97, 1.12]), np.linspace(edge * 1.4, 2.0, 6)]
    loops, places = [], []
    for p in polar:
        bulge = 1 + (CORNEA - 1) * np.clip(1 - (p / (1.12 * edge)) ** 2, 0, 1)
        ring = np.stack(
            [np.sin(p) * np.cos(angle), np.sin(p) * np.sin(angle), np.full(_EYE_AROUND, np.cos(p))], 1
        )
        loops.append(eye.center + eye.radius * bulge * ring)
        places.append(0.5 + 0.48 * min(p / 2.0, 1) * np.stack([np.cos(angle), -np.sin(angle)], 1))
    vertices, triangles = tube(loops)
    pole = fan(np.arange(_EYE_AROUND))
    triangles = outward(vertices, np.concatenate([triangles, pole[:, ::-1]]))
    return sculpture.add(f"eye{side}", "eye", vertices, triangles, np.concatenate(places))


def add_ears(sculpture: Sculpture, points: np.ndarray, skull: Skull) -> None:
    """Adds an ear on each side: a shell with a rim, a ridge inside of it, and a lobe."""
    around, steps = 28, np.array([0.12, 0.3, 0.46, 0.6, 0.74, 0.86, 0.95, 1.0, 0.97, 0.75, 0.4])
    angle = np.linspace(0, 2 * np.pi, around, endpoint=False)
    up, back = np.cos(angle), np.sin(angle)  # clockwise from the top when seen from the subject's left
    reach = 1.55 + 0.45 * np.clip(up, 0, 1) + 0.3 * np.clip(back, 0, 1) * np.clip(up + 0.6, 0, 1)
    reach -= 0.35 * np.clip(-back, 0, 1)
    tall = np.where(up > 0, 1.35, 1.55)
    narrow = np.where(up > 0, 1.0, 0.78)
    loops = []
    for index, step in enumerate(steps):
        profile = np.interp(
            step, [0, 0.3, 0.46, 0.6, 0.74, 0.86, 0.95, 1], [-0.45, -0.4, -0.05, 0.16, 0.12, 0.26, 0.46, 0.4]
        )
        behind = index >= 8
        height = profile if not behind else (0.25, -0.25, -0.7)[index - 8]
        ridge = 0.5 + 0.5 * back if 0.4 < step < 0.8 and not behind else 1.0
        lobe = np.exp(-(((angle - np.pi) / 0.55) ** 2))
        rise = (height * ridge if not behind else np.full(around, height)) * (1 - 0.75 * lobe) + 0.15 * lobe
        rise = rise + 0.45 * back * step  # the back edge stands away from the head
        loops.append(np.stack([rise, step * reach * tall * up, -step * reach * narrow * back], 1))
    vertices, triangles = tube(loops)
    triangles = outward(vertices, np.concatenate([triangles, fan(np.arange(around))[:, ::-1]]))
    lean = np.radians(12)
    turn = np.array([[1, 0, 0], [0, np.cos(lean), np.sin(lean)], [0, -np.sin(lean), np.cos(lean)]])
    side, nose = named(points, "left_face_side"), named(points, "nose_base")
    place = np.array([skull.radii[0] + 0.05, (side[1] + nose[1]) / 2 + 0.9, side[2] - 2.3])
    vertices = vertices @ turn.T + place
    sculpture.add("earLeft", "ear", vertices, triangles)
    sculpture.add("earRight", "ear", *mirrored(vertices, triangles))
