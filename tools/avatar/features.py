"""The smaller parts of the built-in avatar: eyeballs, teeth, tongue, ears."""

from __future__ import annotations

import numpy as np

from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.tools.avatar.face import EyeBall, Face
from attention_mesh.tools.avatar.head import Skull, jaw_movement
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


def add_mouth(sculpture: Sculpture, face: Face) -> None:
    """Adds two rows of teeth, whose texture has the gums too, and a tongue."""
    points = face.points
    corners = points[landmark_groups()["inner_mouth_corners"]]
    center = points[landmark_groups()["inner_lip_middles"]].mean(0)
    half = 0.85 * np.ptp(corners[:, 0]) / 2
    jaw = {name: jaw_movement(points, delta) for name, delta in face.shapes.items()}
    moving = [name for name in face.shapes if name.startswith("jaw") or name == "tongueOut"]
    along = np.linspace(-1, 1, 33)
    rows = np.linspace(0, 1, 6)
    for name, sign, edge, inward in (("upperTeeth", 1, -0.34, 0.0), ("lowerTeeth", -1, -0.02, 0.22)):
        x = half * (1 - 0.06 * inward) * np.sin(1.35 * along) / np.sin(1.35)
        z = center[2] - 0.85 - inward - 1.9 * (1 - np.cos(1.35 * along)) / (1 - np.cos(1.35))
        loops, places = [], []
        for row in rows:
            # A tooth is thin at its edge, round in its middle, and its gum is a little in front.
            out = (
                0.1 * np.sin(np.pi * min(1, row * 1.5)) ** 0.7 - 0.06 * (row == 0) + 0.12 * max(0, row - 0.7)
            )
            height = (
                edge + (1.35 - 0.3 * abs(sign - 1) / 2) * row - 0.12 * (1 - row) * (1 - along**2) * (sign > 0)
            )
            loops.append(np.stack([x, center[1] + sign * height + 0 * x, z + out], 1))
            places.append(np.stack([(along + 1) / 2, np.full(len(along), row)], 1))
        vertices, triangles = tube(loops, closed=False)
        ahead = np.cross(*(vertices[triangles[:, k]] - vertices[triangles[:, 0]] for k in (1, 2)))[:, 2].sum()
        triangles = triangles if ahead > 0 else triangles[:, ::-1]
        deltas = {} if sign > 0 else {key: jaw[key](vertices) for key in moving}
        sculpture.add(name, "teeth", vertices, triangles, np.concatenate(places), deltas)
    _add_tongue(sculpture, center - (0, 0.62, 1.45), half * 0.72, {key: jaw[key] for key in moving})


def _add_tongue(sculpture: Sculpture, tip: np.ndarray, half: float, jaw: dict) -> None:
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
                    np.full(len(angle), -3.8 * step),
                ],
                1,
            )
            + tip
        )
    vertices, triangles = tube(rows)
    triangles = outward(vertices, np.concatenate([triangles, fan(np.arange(len(angle)))[:, ::-1]]))
    deltas = {name: movement(vertices) for name, movement in jaw.items()}
    forward = np.clip(1 - (tip[2] - vertices[:, 2]) / 3.8, 0, 1)
    # It rises over the lower lip, since it goes straight from inside to outside.
    out = np.stack([0 * forward, 0.75 * forward - 0.8 * forward**3, 2.9 * forward], 1)
    deltas["tongueOut"] = deltas["tongueOut"] + out
    light = np.stack([np.full(len(vertices), 0.5), 0.55 + 0.4 * forward], 1)
    sculpture.add("tongue", "tongue", vertices, triangles, light, deltas)


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
    place = np.array([skull.radii[0] + 0.05, (points[454, 1] + points[2, 1]) / 2 + 0.9, points[454, 2] - 2.3])
    vertices = vertices @ turn.T + place
    sculpture.add("earLeft", "ear", vertices, triangles)
    sculpture.add("earRight", "ear", *mirrored(vertices, triangles))


def add_hair(sculpture: Sculpture, points: np.ndarray, skull: Skull) -> None:
    """Adds short hair: a shell from the hairline to the crown, with locks swept from a parting."""
    across, rows = 96, 20
    angle = np.linspace(0, 2 * np.pi, across, endpoint=False)  # from the front to the subject's left
    folded = np.minimum(angle, 2 * np.pi - angle)
    # The hairline: an elevation above the skull's center by the angle from the front, both in degrees.
    stops = np.radians([0, 18, 36, 50, 60, 67, 75, 83, 108, 120, 140, 180])
    heights = np.radians([29, 28, 24, 13, 3, -10, -9, -1, -3, -34, -48, -52])
    hairline = np.interp(folded, stops, heights)
    hairline += np.radians(0.6 * np.sin(13 * angle + 1) + 0.5 * np.sin(29 * angle)) * (folded > 0.1)
    crown = np.radians(89)
    parting = np.radians(38)
    loops, places = [], []
    for row in range(rows):
        t = (row / (rows - 1)) ** 1.25
        elevation = hairline + (crown - hairline) * t
        around = np.stack(
            [np.cos(elevation) * np.sin(angle), np.sin(elevation), np.cos(elevation) * np.cos(angle)], 1
        )
        front = np.clip(np.cos(angle), 0, 1)
        body = 1 - np.exp(-t / 0.07)
        thick = -0.15 + (0.75 + 0.55 * front + 0.3 * np.cos(elevation * 0.8)) * body
        # The fringe rises from the parting and falls to the other side.
        swing = angle - parting - 2 * np.pi * (angle > np.pi)
        sweep = np.exp(-(((swing + 0.75) / 0.75) ** 2)) - 0.55 * np.exp(-((swing / 0.14) ** 2))
        thick = thick + 0.6 * sweep * np.exp(-(((t - 0.22) / 0.24) ** 2)) * body
        lean = angle + 0.5 * t * np.sin(angle)
        locks = 0.075 * np.sin(15 * lean + 2 * np.sin(4 * angle)) + 0.05 * np.sin(26 * lean + 1)
        thick = thick + locks * body * (1 - t)
        base = skull.at(around)
        normal = (base - skull.center) / np.linalg.norm(base - skull.center, axis=1, keepdims=True)
        loops.append(base + normal * thick[:, None])
        places.append(0.5 + 0.48 * (1 - t) * np.stack([np.sin(angle), np.cos(angle)], 1))
    vertices, triangles = tube(loops)
    triangles = np.concatenate([triangles, fan(np.arange(across * (rows - 1), across * rows))])
    sculpture.add("hair", "hair", vertices, outward(vertices, triangles), np.concatenate(places))
