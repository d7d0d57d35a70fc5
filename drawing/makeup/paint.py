"""Painting of a look: the makeup of all faces of an image."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from attention_mesh.drawing.makeup.complexion import paint_complexion
from attention_mesh.drawing.makeup.eye_paint import paint_eyes
from attention_mesh.drawing.makeup.lip_mask import lip_mask
from attention_mesh.drawing.makeup.lip_memory import LipMemory
from attention_mesh.drawing.makeup.lipstick import paint_lipstick
from attention_mesh.drawing.makeup.look import Look
from attention_mesh.drawing.makeup.scene_light import skin_light


def painted(
    image: np.ndarray, faces_px: np.ndarray, look: Look, memories: Sequence[LipMemory] | None = None
) -> np.ndarray:
    """An image with makeup.

    Args:
      image: (H, W, 3) uint8 RGB; it stays as it is.
      faces_px: (F, N, 3 or 2) float landmarks, N at least 468; x, y in pixels, origin at the image's top-left
        corner, z on x's scale. A face with a lip landmark that is not finite is left out.
      look: what to paint.
      memories: one of each face, in a video.

    Returns:
      (H, W, 3) uint8 RGB: a new array, equal to `image` outside the makeup; `image` itself if there is
      nothing to paint.
    """
    size = image.shape[1], image.shape[0]
    painted_lips = look.lipstick is not None and look.lipstick.intensity > 0
    skin = {"blush": look.blush, "contour": look.contour, "highlight": look.highlight}
    eyes = any((look.eyeliner, look.eyeshadow, look.lash_line, look.brow_tint, look.iris_color))
    more = eyes or any(skin.values())
    faces = []
    for number, face in enumerate(faces_px):
        memory = memories[number] if memories is not None else None
        mask = lip_mask(size, face, image, memory.edges if memory else None) if painted_lips else None
        if mask is not None or more:
            faces.append((face, mask, skin_light(image, face, memory), memory))
    if not faces:
        return image
    image = image.copy()
    for face, mask, light, memory in faces:
        if mask is not None:
            assert look.lipstick is not None
            paint_lipstick(image, mask, face, look.lipstick, light, memory=memory)
        if any(skin.values()):
            paint_complexion(image, face, skin, light)
        if eyes:
            paint_eyes(image, face, look, light, memory)
    return image


def lips_coverage(size: tuple[int, int], faces_px: np.ndarray) -> np.ndarray:
    """(H, W) float32, 0 to 1: the coverage of the lips of all faces.

    Args:
      size: (width, height) of the image, in pixels.
      faces_px: (F, N, 2 or more) float landmarks, as of `painted`.
    """
    coverage = np.zeros(size[::-1], np.float32)
    for face in faces_px:
        mask = lip_mask(size, face)
        if mask is not None:
            np.maximum(coverage[mask.part], mask.coverage, out=coverage[mask.part])
    return coverage
