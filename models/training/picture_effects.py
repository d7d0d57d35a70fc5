"""Picture effects: what light, cameras, files and things in front of a face do to a picture.

Each effect takes a picture (H, W, 3) uint8 RGB and a generator of random numbers, and returns a new picture
of the same shape. Landmarks stay where they are.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

_GRAY = np.full((3, 3), 1 / 3)
_BLACK_AND_WHITE = 0.08  # share of pictures


def recolored(picture: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    """Other saturation, contrast, white balance and brightness; some pictures become black and white.

    Args:
        picture: see above.
        rng: random numbers.
        strength: of the changes; 1 is usual.
    """
    vivid = rng.uniform(1 - 0.5 * strength, 1 + 0.3 * strength)
    if rng.random() < _BLACK_AND_WHITE * strength:
        vivid = 0.0
    gain = rng.normal(1, 0.15 * strength) * rng.normal(1, 0.04 * strength, 3)
    mix = gain[:, None] * (vivid * np.eye(3) + (1 - vivid) * _GRAY)
    shift = 128 * (1 - gain) + 20 * strength * rng.normal()
    return cv2.transform(picture, np.concatenate([mix, shift[:, None]], 1))


def darkened(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Low light: a tenth to a half of the brightness, darker shadows, and the noise of a sensor."""
    curve = np.linspace(0, 1, 256) ** rng.uniform(1.0, 1.6)
    table = (255 * rng.uniform(0.1, 0.5) * curve).round().astype(np.uint8)
    return noisy(cv2.LUT(picture, table), rng, rng.uniform(1, 5))


def noisy(picture: np.ndarray, rng: np.random.Generator, level: float) -> np.ndarray:
    """Gaussian noise, independent in all pixels and channels.

    Args:
        picture: see above.
        rng: random numbers.
        level: standard deviation, in gray levels.
    """
    noise = rng.standard_normal(picture.shape, np.float32) * np.float32(level)
    return cv2.add(picture, noise, dtype=cv2.CV_8U)


def blurred(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Out of focus, or small and enlarged."""
    across, down = rng.uniform(0.5, 2.0, 2)
    return cv2.GaussianBlur(picture, (0, 0), float(across), sigmaY=float(down))


def motion_blurred(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Moved along a line while the shutter was open, by 1/60 to 1/14 of the picture's width."""
    reach = rng.uniform(1 / 120, 1 / 28) * picture.shape[1]  # half the way, px
    angle = rng.uniform(0, math.pi)
    side = math.ceil(reach) + 1
    y, x = np.mgrid[-side : side + 1, -side : side + 1]
    along, across = x * math.cos(angle) + y * math.sin(angle), y * math.cos(angle) - x * math.sin(angle)
    # A line of one pixel's width with soft edges; symmetric, so that nothing moves.
    kernel = np.maximum(1 - np.abs(across), 0) * np.clip(reach + 0.5 - np.abs(along), 0, 1)
    return cv2.filter2D(picture, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE)


def compressed(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Blocks and smeared colors of a JPEG file of low quality."""
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(8, 45))]
    _, content = cv2.imencode(".jpg", picture, quality)
    decoded = cv2.imdecode(content, cv2.IMREAD_COLOR)
    assert decoded is not None  # the encoder wrote it
    return decoded


def with_patch(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A box of one color, or of a piece of the same picture, up to a third of its side."""
    height, width = picture.shape[:2]
    size = np.array([height, width])
    side = rng.integers(size // 12, size // 3)
    to_y, to_x = rng.integers(0, size - side)
    from_y, from_x = rng.integers(0, size - side)
    patched = picture.copy()
    piece = picture[from_y : from_y + side[0], from_x : from_x + side[1]]
    if rng.random() < 0.5:
        piece = rng.integers(0, 256, 3)
    patched[to_y : to_y + side[0], to_x : to_x + side[1]] = piece
    return patched


def half_hidden(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Strong occlusion: everything beyond a line is hidden by one color, or by the picture upside down.

    The line leaves at least 40 % of a square picture free. Its middle is between a quarter and two fifths of
    the way to an edge away from the center.
    """
    height, width = picture.shape[:2]
    angle = rng.uniform(0, 2 * math.pi)
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    hidden = x * math.cos(angle) + y * math.sin(angle) > rng.uniform(0.25, 0.4)
    cover = picture[::-1] if rng.random() < 0.5 else rng.integers(0, 256, 3, np.uint8)
    return np.where(hidden[:, :, None], cover, picture)
