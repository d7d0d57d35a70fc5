"""Blending of a mark into a picture, by its coverage."""

import cv2
import numpy as np

# With less ink than this share of a large box, only the pixels with ink are touched.
_SPARSE = 0.12
_LARGE_PX = 16_000
_BAND_PX = 80_000  # what is between two steps fits into the processor's cache, and needs no new pages


def blend(
    image: np.ndarray,
    mask: np.ndarray,
    place: tuple[int, int],
    paint: tuple[int, int, int] | np.ndarray,
    opacity: float,
) -> None:
    """Makes image + (paint - image) * mask * opacity of the pixels under a mask, in place.

    Args:
        image: (H, W, 3) uint8, contiguous.
        mask: (h, w) uint8 coverage, 255 for a whole pixel; it lies inside of the image.
        place: (left, top) px of the mask.
        paint: a color in the image's order of channels, or (h, w, 3) uint8 colors, multiplied by the mask.
        opacity: 0 to 1.
    """
    ink = cv2.countNonZero(mask)
    if not ink:
        return
    if isinstance(paint, tuple) and mask.size > _LARGE_PX and ink < _SPARSE * mask.size:
        _blend_pixels(image, mask, place, paint, opacity)
        return
    left, top = place
    rows = max(1, _BAND_PX // mask.shape[1])
    for first in range(0, len(mask), rows):
        band = mask[first : first + rows]
        part = paint if isinstance(paint, tuple) else paint[first : first + rows]
        _blend_all(image[top + first :, left:][: len(band), : mask.shape[1]], band, part, opacity)


def _blend_all(
    below: np.ndarray, mask: np.ndarray, paint: tuple[int, int, int] | np.ndarray, opacity: float
) -> None:
    """Blends every pixel below a mask (h, w), in place."""
    if opacity < 1:
        mask = cv2.convertScaleAbs(mask, alpha=opacity)
    share = cv2.merge([mask, mask, mask])
    if isinstance(paint, tuple):
        levels = np.array([*paint, 0], np.float64)  # as a Scalar of OpenCV
        above = cv2.multiply(share, levels, scale=1 / 255)
    else:
        above = paint if opacity == 1 else cv2.convertScaleAbs(paint, alpha=opacity)
    cv2.add(cv2.multiply(below, cv2.bitwise_not(share), scale=1 / 255), above, dst=below)


def _blend_pixels(
    image: np.ndarray,
    mask: np.ndarray,
    place: tuple[int, int],
    color: tuple[int, int, int],
    opacity: float,
) -> None:
    """The same one channel after the other, for the pixels with ink only."""
    width = mask.shape[1]
    inked = np.flatnonzero(mask > 0)
    share = mask.reshape(-1).take(inked).astype(np.uint16)
    if opacity < 1:
        share = np.rint(share * np.float32(opacity)).astype(np.uint16)
    rest = 255 - share
    rows = inked // width
    places = (inked + rows * (image.shape[1] - width) + (place[1] * image.shape[1] + place[0])) * 3
    levels = image.reshape(-1)
    for level in color:
        mixed = levels.take(places) * rest
        mixed += share * np.uint16(level)
        # Divides by 255 and rounds: the largest sum is 255 * 255.
        mixed += 128
        mixed += mixed >> 8
        mixed >>= 8
        levels[places] = mixed
        places += 1
