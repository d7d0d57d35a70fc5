"""The lids of the built-in avatar: keeps the skin in front of the eyeballs in every shape."""

from __future__ import annotations

import numpy as np

from attention_mesh.drawing.avatar.loop_subdivision import LoopSubdivision
from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES
from attention_mesh.tools.avatar.face import Face
from attention_mesh.tools.avatar.features import CORNEA
from attention_mesh.tools.avatar.sculpture import Sculpture

_ROUNDS = 25
_MARGIN, _BLINK_MARGIN = 0.05, 0.17  # cm; at half a blink, the lid has taken the short way through the ball
_REACH = 1.6  # eyeball radii within which skin belongs to an eye


def clear_eyes(sculpture: Sculpture, face: Face, sharp: np.ndarray, inner: np.ndarray) -> None:
    """Moves the skin's neutral face and shapes out of the eyeballs, as they are after subdivision.

    Args:
        sculpture: with the skin as its first part.
        face: the eyes.
        sharp: (E, 2), the sharp edges of the skin.
        inner: rows of the lids' inner edges, which stay in the eyeballs.
    """
    skin = sculpture.parts["skin"].stop
    triangles = sculpture.triangles[(sculpture.triangles < skin).all(1)]
    step = LoopSubdivision(triangles, skin, sharp)
    fixed = np.zeros(skin)
    fixed[inner] = 1
    outside = step.refine(fixed[:, None])[:, 0] < 0.02
    neutral = sculpture.vertices[:skin]
    neutral += _cleared(neutral, step, face, outside, _MARGIN) - neutral
    for row, name in enumerate(BLENDSHAPE_NAMES):
        margin = _BLINK_MARGIN if "Blink" in name else _MARGIN
        moved = neutral + sculpture.shapes[row, :skin]
        sculpture.shapes[row, :skin] = _cleared(moved, step, face, outside, margin) - neutral


def _cleared(
    points: np.ndarray, step: LoopSubdivision, face: Face, outside: np.ndarray, margin: float
) -> np.ndarray:
    points, count = points.copy(), len(points)
    for _ in range(_ROUNDS):
        fine = step.refine(points)
        push = np.zeros(count)
        for eye in face.eyes:
            away = fine - eye.center
            distance = np.linalg.norm(away, axis=1)
            near = outside & (away[:, 2] > 0) & (distance < _REACH * eye.radius)
            lack = np.where(near, eye.radius * CORNEA + margin - distance, 0).clip(0)
            push = np.maximum(push, lack[:count])
            for end in (0, 1):
                np.maximum.at(push, step.edges[:, end], 0.7 * lack[count:])
        if push.max() < 2e-3:
            break
        for eye in face.eyes:
            away = points - eye.center
            distance = np.linalg.norm(away, axis=1)
            near = (distance < _REACH * eye.radius) & (away[:, 2] > 0)
            points[near] += (push[:, None] * away / distance[:, None])[near]
    return points
