"""Rectangles in the shape of MediaPipe Tasks: `Rect` in pixels, `RectF` and `NormalizedRect` in fractions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Rect:
    """A part of an image, in pixels from its top left corner."""

    left: int
    top: int
    bottom: int
    right: int


@dataclass
class RectF:
    """A part of an image, in fractions of its width and height from its top left corner."""

    left: float
    top: float
    bottom: float
    right: float


@dataclass
class NormalizedRect:
    """A rotated rectangle.

    Attributes:
      x_center: fraction of the image's width.
      y_center: fraction of the image's height.
      width: fraction of the image's width, before the rotation.
      height: fraction of the image's height, before the rotation.
      rotation: in radians, clockwise.
      rect_id: None, or a number by which it is known again.
    """

    x_center: float
    y_center: float
    width: float
    height: float
    rotation: float | None = 0.0
    rect_id: int | None = None
