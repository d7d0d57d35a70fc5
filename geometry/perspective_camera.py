"""Perspective camera: a virtual camera in front of a face, which maps centimeters to the picture and back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class PerspectiveCamera:
    """A pinhole camera without distortion, whose axis goes through the middle of the picture.

    The camera's metric frame is right-handed, in cm: x to the right of the picture, y up, z out of the screen
    toward the viewer. The camera is at the origin and looks along -z. The values are those of MediaPipe's
    face geometry.

    Attributes:
        vertical_fov_degrees: angle of view from the bottom to the top of the picture, between 0 and 180.
        near_cm, far_cm: nearest and farthest distance that is drawn, 0 < near < far.

    Raises:
        ValueError: a number is out of range.
    """

    vertical_fov_degrees: float = 63.0
    near_cm: float = 1.0
    far_cm: float = 10_000.0

    def __post_init__(self) -> None:
        if not 0 < self.vertical_fov_degrees < 180:
            raise ValueError(
                f"vertical_fov_degrees is {self.vertical_fov_degrees}; expected a number between 0 and 180"
            )
        if not 0 < self.near_cm < self.far_cm < math.inf:
            raise ValueError(
                f"near_cm is {self.near_cm} and far_cm is {self.far_cm}; expected 0 < near_cm < far_cm"
            )

    @property
    def height_at_one(self) -> float:
        """Height of the visible field at a distance of 1, in the unit of the distance."""
        return 2 * math.tan(math.radians(self.vertical_fov_degrees) / 2)

    def focal_length_px(self, image_size: tuple[int, int]) -> float:
        """Focal length in pixels for pictures of (width, height) pixels."""
        return _checked(image_size)[1] / self.height_at_one

    def project(self, points_cm: np.ndarray, image_size: tuple[int, int]) -> np.ndarray:
        """Where points appear in the picture.

        Args:
            points_cm: (..., 3) in the camera's frame, in front of the camera: z < 0.
            image_size: (width, height), pixels.

        Returns:
            (..., 2) in the dtype of the points: x, y as fractions of the picture, origin top-left, y down.
        """
        width, height = _checked(image_size)
        points = np.asarray(points_cm)
        on_screen = points[..., :2] / (-points[..., 2:] * self.height_at_one)
        return on_screen * np.array([height / width, -1], points.dtype) + points.dtype.type(0.5)

    def projection_matrix(self, image_size: tuple[int, int]) -> np.ndarray:
        """(4, 4) float32: from the camera's frame to OpenGL's clip space, for column vectors.

        The formula is that of gluPerspective.
        """
        width, height = _checked(image_size)
        top = 2 / self.height_at_one
        near, far = self.near_cm, self.far_cm
        matrix = np.zeros((4, 4), np.float32)
        matrix[0, 0], matrix[1, 1] = top * height / width, top
        matrix[2, 2], matrix[2, 3] = (far + near) / (near - far), 2 * far * near / (near - far)
        matrix[3, 2] = -1
        return matrix


def _checked(image_size: tuple[int, int]) -> tuple[int, int]:
    width, height = image_size
    if width <= 0 or height <= 0:
        raise ValueError(f"image size (width, height) is {image_size}; both must be above 0")
    return width, height
