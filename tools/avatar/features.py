"""The smaller parts of the built-in avatar: eyeballs, teeth, tongue, ears."""

from __future__ import annotations

import numpy as np

from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.tools.avatar.face import EyeBall, Face
from attention_mesh.tools.avatar.head import Skull, jaw_movement
from attention_mesh.tools.avatar.sculpture import Sculpture, fan, mirrored, outward, tube

IRIS_SHARE = 0.47  # radius of the iris by that of the eyeball
_EYE_AROUND = 24
_TEETH = 14  # of each row


def add_eye(sculpture: Sculpture, side: str, eye: EyeBall) -> slice:
    """Adds an eyeball that looks along +z, with a cornea that bulges and a flat iris below it."""
    angle = np.linspace(0, 2 * np.pi, _EYE_AROUND, endpoint=False)
    edge = np.arcsin(IRIS_SHARE)
    polar = np.r_[0.02, edge * np.array([0.4, 0.75, 0.97, 1.12]), np.linspace(edge * 1.4, 2.0, 6)]
    loops, places = [], []
    for p in polar:
        bulge = 1 + 0.05 * np.clip(1 - (p / (1.12 * edge)) ** 2, 0, 1)
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
    """Adds two rows of teeth with gums, and a tongue."""
    points = face.points
    corners = points[landmark_groups()["inner_mouth_corners"]]
    middles = points[landmark_groups()["inner_lip_middles"]]
    center = middles.mean(0)
    half = 0.92 * np.ptp(corners[:, 0]) / 2
    depth = center[2] - corners[:, 2].mean()
    jaw = {name: jaw_movement(points, delta) for name, delta in face.shapes.items()}
    moving = [name for name in face.shapes if name.startswith("jaw") or name == "tongueOut"]
    front = center[2] - 0.75
    for name, sign, edge, top, inward in (
        ("upperTeeth", 1, -0.12, 0.95, 0.0),
        ("lowerTeeth", -1, -0.05, 0.8, 0.25),
    ):
        count = 4 * _TEETH + 1
        along = np.linspace(-1, 1, count)
        x = half * (1 - 0.1 * inward) * np.sin(along * 1.35) / np.sin(1.35)
        z = front - inward - max(depth, 0.8) * 1.25 * (1 - np.cos(along * 1.35)) / (1 - np.cos(1.35))
        phase = (np.arange(count) % 4) / 4
        bump = np.where(phase == 0, 0.0, 1.0)
        wide = 1 - 0.25 * np.abs(along)
        rows, loops = [], []
        for height, out, tooth in (
            (edge + 0.03, -0.25, 0.0),
            (edge, -0.02, 0.4),
            (edge + 0.12, 0.06, 0.9),
            (0.5 * top, 0.07, 1.0),
            (top, 0.0, 0.6),
        ):
            y = (
                center[1]
                + sign * height * np.where(height > 0.1, wide, 1)
                + sign * 0.06 * (1 - bump) * (height < 0.2)
            )
            loops.append(np.stack([x, y, z + out - 0.07 * (1 - bump) * tooth], 1))
        rows = loops if sign < 0 else loops[::-1]
        vertices, triangles = tube(rows, closed=False)
        gum_rows = [
            loops[-1] + (0, 0, 0.02),
            loops[-1] + (0, sign * 0.25, 0.16),
            loops[-1] + (0, sign * 0.9, 0.05),
        ]
        gums, gum_triangles = tube(gum_rows if sign < 0 else gum_rows[::-1], closed=False)
        for part, material, shape, faces in (
            (name, "teeth", vertices, triangles),
            (f"{name}Gums", "gums", gums, gum_triangles),
        ):
            deltas = {} if sign > 0 else {key: jaw[key](shape) for key in moving}
            sculpture.add(part, material, shape, faces[:, ::-1], shapes=deltas)
    _add_tongue(sculpture, center - (0, 0.55, 1.35), half * 0.72, {key: jaw[key] for key in moving})


def _add_tongue(sculpture: Sculpture, tip: np.ndarray, half: float, jaw: dict) -> None:
    rows = []
    angle = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    steps = np.linspace(0, 1, 9)
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
    out = np.stack([0 * forward, 0.35 * forward - 1.35 * forward**3, 2.9 * forward], 1)
    out[:, 1] += 0.2 * forward
    deltas["tongueOut"] = deltas["tongueOut"] + out
    sculpture.add("tongue", "tongue", vertices, triangles, shapes=deltas)


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
            step, [0, 0.3, 0.46, 0.6, 0.74, 0.86, 0.95, 1], [-0.45, -0.4, 0.0, 0.28, 0.1, 0.3, 0.5, 0.42]
        )
        behind = index >= 8
        height = profile if not behind else (0.25, -0.25, -0.7)[index - 8]
        ridge = np.clip(back + 0.25, 0, 1) if 0.4 < step < 0.8 and not behind else 1.0
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
    """Adds short hair: a shell from the hairline to the crown, with locks that run from a parting."""
    across, rows = 72, 16
    angle = np.linspace(0, 2 * np.pi, across, endpoint=False)  # from the front to the subject's left
    # The hairline: height above the skull's center by the angle, as an elevation in degrees.
    stops = np.radians([0, 18, 38, 52, 62, 74, 86, 100, 118, 140, 180])
    heights = np.radians([30, 29, 24, 12, 4, -14, -8, -18, -40, -48, -50])
    folded = np.minimum(angle, 2 * np.pi - angle)
    hairline = np.interp(folded, stops, heights)
    crown = np.radians(88)
    loops = []
    for row in range(rows):
        t = row / (rows - 1)
        elevation = hairline + (crown - hairline) * t
        direction = np.stack(
            [np.cos(elevation) * np.sin(angle), np.sin(elevation), np.cos(elevation) * np.cos(angle)], 1
        )
        front = np.clip(np.cos(angle), 0, 1)
        body = 1 - np.exp(-t / 0.09)
        thick = -0.12 + (0.75 + 0.75 * front + 0.35 * np.cos(elevation * 0.8)) * body
        locks = 0.13 * np.sin(17 * angle + 5.5 * t + 1.7 * np.sin(3 * angle)) + 0.07 * np.sin(
            31 * angle - 7 * t
        )
        thick = thick + locks * body * (1 - 0.8 * t)
        base = skull.at(direction)
        normal = (base - skull.center) / np.linalg.norm(base - skull.center, axis=1, keepdims=True)
        loops.append(base + normal * thick[:, None])
    vertices, triangles = tube(loops)
    triangles = np.concatenate([triangles, fan(np.arange(across * (rows - 1), across * rows))])
    sculpture.add("hair", "hair", vertices, outward(vertices, triangles))
