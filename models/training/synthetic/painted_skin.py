"""Painted skin: random skin and hair without a photo."""

from __future__ import annotations

import cv2
import numpy as np

from attention_mesh.models.topology.face_topology import FaceTopology
from attention_mesh.models.training.synthetic.background import smooth_noise
from attention_mesh.models.training.synthetic.skin_atlas import SIZE, SkinAtlas

# Skin tones from light to dark, which are mixed, and hair colors.
_TONES = np.array(
    [[250, 220, 195], [235, 190, 160], [205, 150, 115], [150, 100, 70], [85, 55, 40]], np.float32
)
_DARKEST_HAIR, _HAIR_RANGE = np.array([20, 15, 12]), np.array([160, 120, 80])
_SHOULDER = 0.55  # below this fraction of its height, the head's half shows clothes


def paint_skin(atlas: SkinAtlas, rng: np.random.Generator) -> np.ndarray:
    """A skin as in `SkinAtlas`: a random tone with spots, lips, brows and hair."""
    light = rng.integers(len(_TONES) - 1)
    tone = _TONES[light] + (_TONES[light + 1] - _TONES[light]) * rng.random()
    spots = 1 + 0.05 * smooth_noise(rng, SIZE, 8) + 0.03 * smooth_noise(rng, SIZE, 128)
    face = tone * spots[:, :, None]
    face = _cover(atlas, face, "LIPS", tone * rng.uniform((0.7, 0.45, 0.45), (1, 0.8, 0.8)), rng)
    hair = random_hair(rng)
    for brow in ("LEFT_EYEBROW", "RIGHT_EYEBROW"):
        face = _cover(atlas, face, brow, 0.7 * hair + 0.2 * tone, rng)
    skin = np.concatenate([face, np.zeros_like(face)], 1).clip(0, 255).astype(np.uint8)
    return with_hair(skin, hair, rng)


def random_hair(rng: np.random.Generator) -> np.ndarray:
    """A hair color (3,) RGB, more often dark than light."""
    return _DARKEST_HAIR + rng.random() ** 2 * _HAIR_RANGE


def with_hair(skin: np.ndarray, hair: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A copy of the skin whose head half has hair of that color and, below, clothes."""
    strands = 1 + 0.2 * cv2.resize(smooth_noise(rng, SIZE, 200)[:64], (SIZE, SIZE))
    head = hair * strands[:, :, None]
    shoulder = int(_SHOULDER * SIZE)
    head[shoulder:] = rng.uniform(20, 235, 3) * (1 + 0.06 * smooth_noise(rng, SIZE, 60))[shoulder:, :, None]
    return np.concatenate([skin[:, :SIZE], head.clip(0, 255).astype(np.uint8)], 1)


def _cover(
    atlas: SkinAtlas, texture: np.ndarray, part: str, color: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """The texture with a noisy color over the outline of a set of landmarks."""
    places = atlas.landmark_texels()
    outlines = [places[trail].astype(np.int32) for trail in FaceTopology.load().trails(part)]
    mask = np.zeros((SIZE, SIZE), np.float32)
    if part == "LIPS":
        cv2.fillPoly(mask, outlines, 1)
    else:
        cv2.fillConvexPoly(mask, cv2.convexHull(np.concatenate(outlines)), 1)
    mask = cv2.GaussianBlur(mask, (0, 0), 2.5)[:, :, None] * 0.9
    uneven = 1 + 0.1 * smooth_noise(rng, SIZE, 160)[:, :, None]
    return texture * (1 - mask) + color * uneven * mask
