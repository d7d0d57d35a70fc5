"""Focal length in pixels, from what a camera says of its lens."""

import math

_FULL_FRAME_DIAGONAL_MM = math.hypot(36, 24)


def focal_length_px(size: tuple[int, int], focal_mm: float, focal_35mm: float) -> float:
    """The focal length in pixels of an uncropped image.

    The 35 mm equivalent gives the sensor's diagonal, the image's aspect ratio its longer side:
    https://en.wikipedia.org/wiki/35_mm_equivalent_focal_length#Calculation.

    Args:
      size: (width, height) of the image in pixels, in any orientation.
      focal_mm: focal length of the lens.
      focal_35mm: focal length with the same angle of view on a sensor of 36 mm x 24 mm.

    Raises:
      ValueError: a number is not above 0.
    """
    if min(size) <= 0 or focal_mm <= 0 or focal_35mm <= 0:
        raise ValueError(
            f"image of {size[0]}x{size[1]} pixels, focal length {focal_mm:g} mm, {focal_35mm:g} mm in 35 mm "
            "equivalent: expected numbers above 0"
        )
    diagonal_mm = _FULL_FRAME_DIAGONAL_MM * focal_mm / focal_35mm
    longer, shorter = max(size), min(size)
    sensor_width_mm = diagonal_mm / math.hypot(1, shorter / longer)
    return longer * focal_mm / sensor_width_mm
