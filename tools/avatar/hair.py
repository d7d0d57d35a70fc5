"""Hair of the built-in avatar."""

from __future__ import annotations

import numpy as np

from attention_mesh.tools.avatar.head import Skull
from attention_mesh.tools.avatar.sculpture import Sculpture, fan, outward, tube


def add_hair(sculpture: Sculpture, skull: Skull) -> None:
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
