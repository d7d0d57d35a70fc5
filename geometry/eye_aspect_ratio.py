"""Eye aspect ratio: how far eyes are open, from six points of the lids."""

from __future__ import annotations

import numpy as np

from attention_mesh.geometry.number_arrays import number_array


def eye_aspect_ratios(points: np.ndarray, lids: np.ndarray) -> np.ndarray:
    """The eye aspect ratio of Soukupová and Čech 2016, "Real-Time Eye Blink Detection …".

    It is the mean height of the lids' opening by the eye's width: (|p2 − p6| + |p3 − p5|) / (2 |p1 − p4|). An
    open eye has 0.2 to 0.4, a closed one less than 0.1. The paper measures in the picture; there, a head that
    is turned to the side has narrower eyes and so larger ratios. Metric landmarks do not have this error.

    Args:
        points: (F, N, 2 or 3), in pixels or cm: with the same scale on all axes.
        lids: (E, 6) int, p1 to p6 of each eye, clockwise or counter-clockwise: a corner, two points of one
            lid, the other corner, and two points of the other lid, in order around the eye. The landmark
            groups `left_eye_aspect` and `right_eye_aspect` are such rows.

    Returns:
        (F, E) float32. An eye without a width has 0, one of whose points is NaN has NaN.

    Raises:
        ValueError: the points are no numbers, the lids no integers, or a shape is another.
    """
    points, eyes = number_array(points, "points", "(F, N, 2 or 3)"), number_array(lids, "lids", "(E, 6)")
    if points.ndim != 3 or points.shape[2] not in (2, 3) or eyes.ndim != 2 or eyes.shape[1] != 6:
        raise ValueError(
            f"points have shape {points.shape} and lids {eyes.shape}; expected (F, N, 2 or 3) and (E, 6)"
        )
    if eyes.dtype.kind not in "iu" or not ((eyes >= 0) & (eyes < points.shape[1])).all():
        raise ValueError(f"lids are {lids}; expected indices of {points.shape[1]} points")
    p1, p2, p3, p4, p5, p6 = (points[:, eyes[:, place]] for place in range(6))
    heights = np.linalg.norm(p2 - p6, axis=2) + np.linalg.norm(p3 - p5, axis=2)
    widths = 2 * np.linalg.norm(p1 - p4, axis=2)
    return np.divide(heights, widths, out=np.zeros_like(heights), where=widths != 0).astype(np.float32)
