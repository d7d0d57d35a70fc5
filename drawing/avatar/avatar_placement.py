"""Avatar placement: moves any head onto the place and size of the canonical face."""

from __future__ import annotations

from functools import cache

import numpy as np

from attention_mesh.drawing.avatar.builtin_avatar import builtin_avatar
from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES
from attention_mesh.models.topology.canonical_face import canonical_face


def placement(vertices: np.ndarray, shapes: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """The similarity that moves a head onto the canonical face.

    Where a shape moves the surface is where its part of the face is: the blinks show both eyes, the smiles
    the mouth. They go where those of the built-in avatar are. Without blinks, the box around all that moves
    goes onto the canonical face.

    Args:
        vertices: (V, 3) float, +y up, the face toward +z or −z.
        shapes: (52, V, 3) float, in the order of `BLENDSHAPE_NAMES`.

    Returns:
        Scale, (3, 3) rotation (none, or half a turn about y) and (3,) shift: the canonical place of a point
        is scale · rotation · point + shift.
    """
    turn = np.eye(3)
    places, targets = _marks(vertices, shapes), _builtin_marks()
    if places[0] is None or places[1] is None:
        moving = vertices[np.abs(shapes).max((0, 2)) > 0]
        low, high = moving.min(0), moving.max(0)
        face = canonical_face().vertices.astype(float)
        scale = np.ptp(face[:, 1]) / max(high[1] - low[1], 1e-9)
        shift = (face.min(0) + face.max(0)) / 2 - scale * (low + high) / 2
        shift[2] = face[:, 2].max() - scale * high[2]
        return float(scale), turn, shift
    if places[0][0] < places[1][0]:  # its left eye is on the other side: it looks along −z
        turn = np.diag([-1.0, 1.0, -1.0])
    known = [row for row, place in enumerate(places) if place is not None]
    source = np.array([turn @ place for place in places if place is not None])
    target = np.array([targets[row] for row in known])
    around, toward = source - source.mean(0), target - target.mean(0)
    # Depth is left out: how far lids lie before the mouth differs most between heads.
    scale = np.sqrt((toward[:, :2] ** 2).sum() / max((around[:, :2] ** 2).sum(), 1e-12))
    return float(scale), turn, target.mean(0) - scale * source.mean(0)


def _marks(vertices: np.ndarray, shapes: np.ndarray) -> list[np.ndarray | None]:
    """Places (3,) of the left eye, the right eye and the mouth; None for one that no shape moves."""
    marks: list[np.ndarray | None] = []
    for names in (("eyeBlinkLeft",), ("eyeBlinkRight",), ("mouthSmileLeft", "mouthSmileRight")):
        moves = np.square(shapes[[BLENDSHAPE_NAMES.index(name) for name in names]]).sum((0, 2))
        total = float(moves.sum())
        # Exporters write shapes that move nothing but by rounding.
        still = total <= 1e-10 * float(np.square(vertices).sum())
        marks.append(None if still else (moves[:, None] * vertices).sum(0) / total)
    return marks


@cache
def _builtin_marks() -> list[np.ndarray]:
    model = builtin_avatar()
    marks = _marks(model.vertices[model.moving].astype(float), model.shapes.astype(float))
    return [mark for mark in marks if mark is not None]
