"""How far a part of the face faces the viewer: makeup fades out where it turns away."""

from __future__ import annotations

import math

import numpy as np


def facing_share(ends: np.ndarray, mirrored: bool, fade: tuple[float, float]) -> float:
    """1 if a part of the face faces the viewer, 0 if it is turned away.

    Args:
      ends: (4, 3 or 2) float, the outer, inner, upper and lower end of a part of the subject's right side; x,
        y in pixels, z on x's scale, smaller is nearer. Without a finite z, only which way round they lie
        counts.
      mirrored: whether they are those of the left side.
      fade: cosines of the angle between the normal and the view at which it is hidden, and is seen fully.
    """
    outer, inner, upper, lower = ends.tolist()  # single numbers take less time than arrays of three
    across = [end - start for start, end in zip(outer, inner, strict=True)]
    down = [end - start for start, end in zip(upper, lower, strict=True)]
    depth = (across[0] * down[1] - across[1] * down[0]) * (-1 if mirrored else 1)
    if not all(map(math.isfinite, across + down)) or len(across) < 3:
        return float(depth > 0)
    x = across[1] * down[2] - across[2] * down[1]
    y = across[2] * down[0] - across[0] * down[2]
    cosine = depth / max(math.hypot(x, y, depth), 1e-6)
    hidden, seen = fade
    return min(max((cosine - hidden) / (seen - hidden), 0.0), 1.0)
