"""Avatar placement: moves any head onto the place and size of the canonical face."""

from __future__ import annotations

import numpy as np

from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES
from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.models.topology.landmark_groups import landmark_groups


def placement(vertices: np.ndarray, shapes: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """The similarity that moves a head onto the canonical face.

    Where a shape moves the surface is where its part of the face is: the blinks show both eyes, the smiles
    or the jaw the mouth. Without these, the box around all that moves is taken.

    Args:
        vertices: (V, 3) float, +y up, the face toward +z or −z.
        shapes: (52, V, 3) float, in the order of `BLENDSHAPE_NAMES`.

    Returns:
        Scale, (3, 3) rotation (none, or half a turn about y) and (3,) shift: the canonical place of a point
        is scale · rotation · point + shift.
    """
    turn = np.eye(3)
    left, right = (_middle(vertices, shapes, (name,)) for name in ("eyeBlinkLeft", "eyeBlinkRight"))
    mouth = _middle(vertices, shapes, _MOUTH)
    face = canonical_face().vertices.astype(float)
    groups = landmark_groups()
    if left is None or right is None:
        moving = vertices[np.abs(shapes).max((0, 2)) > 0]
        low, high = moving.min(0), moving.max(0)
        scale = np.ptp(face[:, 1]) / max(high[1] - low[1], 1e-9)
        middle, front = (low + high) / 2, face[:, 2].max()
        shift = np.array([0, (face[:, 1].min() + face[:, 1].max()) / 2, 0]) - scale * middle
        shift[2] = front - scale * high[2]
        return float(scale), turn, shift
    if left[0] < right[0]:  # its left eye is on the other side: it looks along −z
        turn = np.diag([-1.0, 1.0, -1.0])
        left, right = turn @ left, turn @ right
        mouth = None if mouth is None else turn @ mouth
    targets = [face[groups["left_eye_corners"]].mean(0), face[groups["right_eye_corners"]].mean(0)]
    sources = [left, right]
    if mouth is not None:
        sources.append(mouth)
        targets.append(face[groups["mouth_corners"]].mean(0))
    source, target = np.array(sources), np.array(targets)
    around, toward = source - source.mean(0), target - target.mean(0)
    # Depth is left out: how far lids lie before the mouth differs most between heads.
    scale = np.sqrt((toward[:, :2] ** 2).sum() / max((around[:, :2] ** 2).sum(), 1e-12))
    return float(scale), turn, target.mean(0) - scale * source.mean(0)


_MOUTH = ("mouthSmileLeft", "mouthSmileRight")


def _middle(vertices: np.ndarray, shapes: np.ndarray, names: tuple[str, ...]) -> np.ndarray | None:
    """(3,) mean of the vertices, weighted by how far the shapes move them; None if they move none."""
    rows = [BLENDSHAPE_NAMES.index(name) for name in names]
    moves = np.linalg.norm(shapes[rows], axis=2).sum(0) ** 2
    if moves.sum() < 1e-12 * max(1.0, float(np.abs(vertices).max()) ** 2):
        return None
    return (moves[:, None] * vertices).sum(0) / moves.sum()
