"""Backgrounds: random pictures of nothing in particular, behind faces and in front of them."""

from __future__ import annotations

import cv2
import numpy as np

_WALL = 2  # largest difference of neighboring pixels of a wall


def random_background(rng: np.random.Generator, size: int) -> np.ndarray:
    """(size, size, 3) float32 RGB, 0 to 255: a gradient with noise of several grains and shapes, blurred."""
    vividness = 60 * rng.random() ** 2  # few backgrounds are colorful

    def color() -> np.ndarray:
        return (rng.uniform(10, 245) + rng.normal(0, vividness, 3)).clip(0, 255)

    first, second = color(), color()
    angle = rng.uniform(0, 2 * np.pi)
    axis = np.linspace(-0.7, 0.7, size)
    slope = axis[:, None] * np.sin(angle) + axis * np.cos(angle) + 0.5
    picture = (first + (second - first) * slope[:, :, None].clip(0, 1)).astype(np.float32)
    for cells in rng.choice([2, 5, 12, 30, 80], rng.integers(1, 4), replace=False):
        picture += smooth_noise(rng, size, int(cells))[:, :, None] * (
            rng.normal(0, 15) + rng.normal(0, vividness / 5, 3)
        )
    for _ in range(rng.integers(0, 12)):
        draw_shape(rng, picture, color(), size * rng.uniform(0.03, 0.4))
    if rng.random() < 0.6:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 6))
    return picture.clip(0, 255)


def with_background(picture: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The picture (H, W, 3) float32 with another background.

    The background is the area of nearly equal pixels, such as a studio's wall, that joins the upper corners.
    Its edge is soft.
    """
    height, width = picture.shape[:2]
    smooth = cv2.GaussianBlur(picture, (0, 0), 1.0).clip(0, 255).astype(np.uint8)
    mask = np.zeros((height + 2, width + 2), np.uint8)
    for corner in ((0, 0), (width - 1, 0)):
        if not mask[corner[1] + 1, corner[0] + 1]:
            flags = 4 | cv2.FLOODFILL_MASK_ONLY | (255 << 8)
            cv2.floodFill(smooth, mask, corner, 0, (_WALL,) * 3, (_WALL,) * 3, flags)
    share = cv2.GaussianBlur(mask[1:-1, 1:-1].astype(np.float32) / 255, (0, 0), 1.2)[:, :, None]
    return picture + (other - picture) * share


def draw_shape(rng: np.random.Generator, picture: np.ndarray, color: np.ndarray, reach: float) -> None:
    """Draws a box, an ellipse, a polygon or a line of about 2 · reach pixels in place, anywhere."""
    height, width = picture.shape[:2]
    center = rng.uniform(0, (width, height))
    kind = rng.integers(4)
    fill = color.tolist()
    if kind == 0:
        box = cv2.boxPoints((center.tolist(), (2 * reach * rng.random(2) + 2).tolist(), rng.uniform(0, 180)))
        cv2.fillConvexPoly(picture, box.astype(np.int32), fill, cv2.LINE_AA)
    elif kind == 1:
        axes = (reach * rng.uniform(0.3, 1, 2) + 1).astype(int).tolist()
        cv2.ellipse(
            picture, center.astype(int).tolist(), axes, rng.uniform(0, 180), 0, 360, fill, -1, cv2.LINE_AA
        )
    elif kind == 2:
        corners = (center + reach * rng.normal(0, 0.7, (rng.integers(3, 7), 2))).astype(np.int32)
        cv2.fillPoly(picture, [corners], fill, cv2.LINE_AA)
    else:
        start, end = (center + reach * rng.normal(0, 1, (2, 2))).astype(int).tolist()
        cv2.line(picture, start, end, fill, int(rng.integers(1, 8)), cv2.LINE_AA)


def smooth_noise(rng: np.random.Generator, size: int, cells: int) -> np.ndarray:
    """(size, size) float32, standard deviation about 1, with bumps about size / cells pixels wide."""
    coarse = rng.normal(size=(cells + 3, cells + 3)).astype(np.float32)
    field = cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC)
    return field / max(float(field.std()), 1e-6)
