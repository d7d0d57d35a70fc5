"""CIELAB (D65), the perceptual color space of makeup, and sRGB.

Distances in it are near to differences as people see them, and the shade of a surface under less light is a
multiple: L + 16, a and b shrink by one factor, because each is made of cube roots of X, Y and Z.
"""

import cv2
import numpy as np

LIGHTNESS_OFFSET = 16.0
"""L + 16 is proportional to the cube root of the luminance (CIE 15:2004, above L = 8)."""


def rgb_to_lab(image: np.ndarray) -> np.ndarray:
    """(H, W, 3) float32 CIELAB, L 0 to 100, of (H, W, 3) uint8 sRGB."""
    return cv2.cvtColor(image.astype(np.float32) * np.float32(1 / 255), cv2.COLOR_RGB2LAB)


def lab_table() -> np.ndarray:
    """(33, 33, 33, 3) float32 CIELAB by red, green, blue, 0 to 1, between which OpenCV interpolates."""
    levels = np.linspace(0, 1, 33, dtype=np.float32)
    colors = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1)
    return cv2.cvtColor(colors.reshape(1, -1, 3), cv2.COLOR_RGB2LAB).reshape(colors.shape)


def lab_to_rgb(lab: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 sRGB of float32 CIELAB; colors that sRGB does not have are clipped."""
    return cv2.convertScaleAbs(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), alpha=255)  # 0 to 1 already


def planes_of(pixels: np.ndarray) -> np.ndarray:
    """(3, n) float32 CIELAB of (n, 3) uint8 sRGB; arithmetic on contiguous planes is fastest."""
    return np.ascontiguousarray(rgb_to_lab(pixels[None])[0].T)


def merged(planes: np.ndarray) -> np.ndarray:
    """(1, n, 3) of contiguous float32 planes (3, n); NumPy takes 10 times as long to interleave them."""
    return cv2.merge(list(planes)).reshape(1, -1, 3)


def pixels_of(planes: np.ndarray) -> np.ndarray:
    """(n, 3) uint8 sRGB of (3, n) float32 CIELAB, as `lab_to_rgb`."""
    return lab_to_rgb(merged(planes))[0]


def lab_at(image: np.ndarray, places_px: np.ndarray) -> np.ndarray:
    """CIELAB at places of a picture, between its pixels too; places outside it have the color of its border.

    Args:
      image: (H, W, 3) uint8 sRGB.
      places_px: (..., P, 2) float; x, y in pixels, origin at the image's top-left corner.

    Returns:
      (..., P, 3) float32.
    """
    x, y = np.ascontiguousarray(
        (places_px.reshape(-1, places_px.shape[-2], 2) - 0.5).astype(np.float32).transpose(2, 0, 1)
    )
    rgb = cv2.remap(image, x, y, cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE)
    return rgb_to_lab(rgb).reshape(*places_px.shape[:-1], 3)


def median_of(values: np.ndarray) -> np.ndarray:
    """(C,): the median of each column of (N, C), the upper one of two; faster than np.median."""
    return np.partition(values, len(values) // 2, axis=0)[len(values) // 2]


def median_of_three(values: np.ndarray) -> np.ndarray:
    """The median of three arrays, (3, ...), element by element."""
    one, two, three = values
    return np.maximum(np.minimum(one, two), np.minimum(np.maximum(one, two), three))
