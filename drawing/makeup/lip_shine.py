"""Shine of lips: where a glossy film on them mirrors a light above the camera, from the mesh's normals."""

from __future__ import annotations

import numpy as np

from attention_mesh.drawing.makeup.fill_quads import fill_quads
from attention_mesh.drawing.makeup.lip_mask import LipMask
from attention_mesh.drawing.makeup.lip_surface import lip_grids, lip_quads
from attention_mesh.drawing.makeup.soft_blur import soft_blur

_TO_VIEWER = np.array([0, 0, -1.0], np.float32)
_TO_LIGHT = np.array([0.15, -0.45, -0.88], np.float32)
_HALF = _TO_LIGHT / np.linalg.norm(_TO_LIGHT) + _TO_VIEWER
_HALF /= np.linalg.norm(_HALF)
_SHARPNESS = 18  # Blinn's exponent
_MOST = 42.0  # units of CIELAB's lightness
# The film mirrors more where more light falls on the lip: by this power of the lightness around each place,
# between these ends, relative to the lips' median.
_FOLLOWED, _LIT = 3, (0.6, 1.1)
_CORRELATED = 0.93  # with the lips' own lightness
_LEAST = 0.25  # units of it that nobody sees
_SOFT = 0.032  # relative to the mouth's width


def lip_shine(mask: LipMask, landmarks_px: np.ndarray, light: np.ndarray) -> np.ndarray:
    """Lightness that a glossy film adds, by Blinn's half vector ("Models of light reflection", 1977).

    The film breaks where the lip has folds: there, `light` is below its surroundings.

    Args:
      mask: of the lips.
      landmarks_px: (N, 3 or 2) float; x, y in pixels, z on x's scale. Without z nothing shines.
      light: float32, the lip's own lightness relative to its median, at every `mask.step`-th pixel.

    Returns:
      (h, w) float32 in units of CIELAB's lightness.
    """
    step = mask.step
    shine = np.zeros(light.shape, np.float32)
    points = np.asarray(landmarks_px, np.float32)
    if points.shape[1] < 3 or not np.isfinite(points[lip_grids()]).all():
        return np.zeros(mask.coverage.shape, np.float32)
    quads, normals = lip_quads(points)
    x, y, z = normals
    across = x * _HALF[0] + y * _HALF[1]
    across *= np.sign(-z)  # by the normal toward the viewer
    across -= np.abs(z) * _HALF[2]
    mirrored = _MOST * np.maximum(across, 0) ** _SHARPNESS
    corner = np.array((mask.left + 0.5 * step, mask.top + 0.5 * step), np.float32)
    places = (quads - corner) * np.float32(1 / step)
    seen = mirrored > _LEAST
    fill_quads(shine, places[seen], mirrored[seen])
    soft = max(_SOFT * mask.width_px / step, 0.6)
    blurred = soft_blur(shine, soft)
    around = soft_blur(light, soft)
    folds = light - around
    folds *= 6
    folds += 1
    blurred *= folds.clip(0.15, 2, out=folds)
    around.clip(*_LIT, out=around)
    blurred *= around**_FOLLOWED
    return mask.enlarged(blurred)


def kept_shine(own: np.ndarray, matte: np.ndarray, shine: np.ndarray) -> float:
    """How much of the shine leaves the lips' own shading visible: 0 to 1, 1 for nearly all lips.

    In even light, lips hardly have shading, and full shine would look like a shape of its own.

    Args:
      own: (n,) lightness of the lips' pixels without paint.
      matte: (n,) their lightness with paint that does not shine.
      shine: (n,) what full shine adds to it.

    Returns:
      The largest share with which the painted lightness correlates with `own` by `_CORRELATED`.
    """
    own, matte, shine = (each - np.add.reduce(each) / len(each) for each in (own, matte, shine))
    own *= 1 / max(float(np.sqrt(own @ own)), 1e-6)
    # (a + b k)² = r² (c + 2 d k + e k²)
    a, b = float(own @ matte), float(own @ shine)
    c, d, e = (
        _CORRELATED**2 * float(one @ other) for one, other in ((matte, matte), (matte, shine), (shine, shine))
    )
    if a + b >= 0 and (a + b) ** 2 >= c + 2 * d + e:
        return 1.0
    second, first, none = e - b * b, d - a * b, c - a * a
    if none >= 0 or second <= 0:  # the paint itself is not like the lips
        return 0.0
    return min((float(np.sqrt(first * first - second * none)) - first) / second, 1.0)
