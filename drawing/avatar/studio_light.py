"""Studio light: the light on a surface by the direction that it faces, as a picture of a lit ball."""

from __future__ import annotations

import numpy as np

BALL_PX = 96  # width of a lit ball
ONE = 160  # the uint8 level of diffuse light that shows a color unchanged
_RIM = 0.985  # the part of a ball's picture that the ball fills

_GAMMA = 2.2
_SKY, _GROUND = np.array([0.42, 0.46, 0.54]), np.array([0.26, 0.22, 0.20])
# Direction to the lamp in the camera's frame (+x right, +y up, +z to the viewer), and its RGB light.
LAMPS = (
    ((-0.55, 0.60, 0.75), (0.86, 0.80, 0.72)),  # key, warm
    ((0.85, 0.10, 0.50), (0.20, 0.22, 0.27)),  # fill, cool
    ((0.75, 0.55, -0.65), (0.75, 0.78, 0.85)),  # rim, behind the head
    ((-0.9, 0.2, -0.6), (0.30, 0.32, 0.38)),
)
# How far each color's light reaches past the shadow's edge: light in skin scatters, the red one farthest.
_WRAP = np.array([0.38, 0.22, 0.16])


def lit_ball(gloss: float, roughness: float) -> tuple[np.ndarray, np.ndarray]:
    """The studio's light on a ball seen from the front.

    Args:
        gloss: share of light that the surface mirrors when seen from straight ahead, 0 to 1.
        roughness: 0 mirrors sharply, 1 not at all.

    Returns:
        Two pictures (BALL_PX, BALL_PX, 3) uint8 of the ball: diffuse light, by which the surface's color is
        multiplied, with `ONE` for 1; and mirrored light, which is added (Blinn 1977; Schlick's Fresnel term
        1994). The pixel of a unit normal is `ball_place` of its x and y.
    """
    across = (np.arange(BALL_PX) + 0.5) / BALL_PX * 2 - 1
    x, y = np.meshgrid(across / _RIM, -across / _RIM)
    radius = np.hypot(x, y)
    inside = np.maximum(radius, 1)
    x, y = x / inside, y / inside  # outside of the ball the light of its rim
    normals = np.stack([x, y, np.sqrt(np.maximum(1 - x * x - y * y, 0))], -1)
    up = normals[..., 1:2] * 0.5 + 0.5
    diffuse = _GROUND * (1 - up) + _SKY * up
    mirrored = np.zeros_like(diffuse)
    sharpness = 2 / max(roughness, 0.05) ** 4 - 2 if roughness < 1 else 0.0
    fresnel = gloss + (1 - gloss) * (1 - normals[..., 2:]) ** 5
    for direction, light in LAMPS:
        toward = np.array(direction) / np.linalg.norm(direction)
        facing = (normals @ toward)[..., None]
        diffuse = diffuse + np.maximum((facing + _WRAP) / (1 + _WRAP), 0) ** 1.4 * light
        halfway = toward + (0, 0, 1)
        halfway /= max(np.linalg.norm(halfway), 1e-6)
        lobe = np.maximum(normals @ halfway, 0)[..., None] ** sharpness * (sharpness + 2) / 8
        mirrored = mirrored + fresnel * np.minimum(lobe, 4) * np.maximum(facing, 0) * light
    mirrored += fresnel * (1 - roughness) * _SKY * up * 0.6
    levels = ONE * diffuse ** (1 / _GAMMA)
    return _bytes(levels), _bytes(255 * mirrored ** (1 / _GAMMA) * (mirrored**0.35))


def ball_place(normals_xy: np.ndarray) -> np.ndarray:
    """x, y in pixels of a ball's picture, the origin at its first pixel's center, of normals (…, 2)."""
    flip = np.array([1, -1], np.float32)
    return (normals_xy * (flip * np.float32(_RIM)) + 1) * np.float32(BALL_PX / 2) - np.float32(0.5)


def _bytes(levels: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(levels), 0, 255).astype(np.uint8)
