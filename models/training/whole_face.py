"""Where a whole face is of which only some landmarks are known."""

from __future__ import annotations

import numpy as np

from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig

_FEWEST = 3


def whole_face(landmarks: np.ndarray) -> np.ndarray | None:
    """(478, 2) px of landmarks (478, 3) of which some are NaN; None with fewer than three known.

    Unknown ones come from the built-in rig's face, turned, scaled and moved onto the known ones (least
    squares, Umeyama 1991): good enough to say where to crop, not to learn from.
    """
    known = np.isfinite(landmarks[:, :2]).all(1)
    if known.sum() < _FEWEST:
        return None
    if known.all():
        return landmarks[:, :2]
    rig = builtin_rig()
    face = rig.landmarks(rig.neutral)[:, :2] * (1, -1)
    source, target = face[known], landmarks[known, :2]
    middle, aim = source.mean(0), target.mean(0)
    # A similarity of the plane is a complex number: target ≈ factor · source.
    a, b = ((points - centre) @ (1, 1j) for points, centre in ((source, middle), (target, aim)))
    factor = np.vdot(a, b) / np.vdot(a, a).real
    moved = factor * ((face - middle) @ (1, 1j))
    filled = np.stack([moved.real, moved.imag], 1) + aim
    filled[known] = target
    return filled
