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
    blurred *= np.clip(1 + 6 * (light - around), 0.15, 2)
    return mask.enlarged(blurred)
