"""From landmarks to the affine that lays a crop over them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

METHODS = ("gather", "matmul")
# Keeps the direction of two points that coincide (a mesh before any training) finite.
_EPSILON = 1e-6


@keras.saving.register_keras_serializable(package="attention_mesh")
class LandmarksToTransform(keras.layers.Layer):
    """θ of a crop around some landmarks, turned so that the line between two of them is horizontal.

    subset: indices of the landmarks whose box, after the turn, is the crop's.
    left, right: indices of the two landmarks; the line from the first to the second gets `target_rad`.
    crop_size: side of the crop in its own cells. scale: side of the crop over that of the box.
    target_rad: direction of that line in the crop, radians, clockwise on the screen.
    unit: what a landmark's coordinates are divided by first, e.g. 4 for pixels when θ is to lead to cells.
    method: how landmarks are selected, "gather" or "matmul", by a constant matrix, which GPU delegates have.

    (B, N, 2 or more) landmarks, x first → (B, 2, 3), which maps (x, y, 1) in the crop to the landmarks' own
    frame over `unit`, both in continuous coordinates with the origin at the corner.
    Source: the Landmarks2TransformMatrix operator of face_landmark_with_attention.tflite.
    """

    def __init__(
        self,
        subset: Sequence[int],
        left: int,
        right: int,
        crop_size: int,
        scale: float = 1.5,
        target_rad: float = 0.0,
        unit: float = 1.0,
        method: str = "gather",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.subset = [int(index) for index in subset]
        self.left, self.right = int(left), int(right)
        self.crop_size, self.scale = int(crop_size), float(scale)
        self.target_rad, self.unit, self.method = float(target_rad), float(unit), method
        if not self.subset:
            raise ValueError("subset is empty; a crop needs landmarks to surround")
        if min(*self.subset, self.left, self.right) < 0:
            raise ValueError("a landmark's index is negative; expected 0 and up")
        if method not in METHODS:
            raise ValueError(f"method is {method!r}; expected one of {METHODS}")

    def build(self, input_shape: tuple) -> None:
        wanted = max(*self.subset, self.left, self.right)
        if input_shape[1] is None or wanted >= input_shape[1]:
            raise ValueError(f"the landmarks are {input_shape[1]}, but landmark {wanted} is wanted")
        self.built = True

    def call(self, landmarks: Any) -> Any:
        # Everything keeps three axes: GPU delegates refuse slices that drop one.
        line = self._pick(landmarks, [self.right]) - self._pick(landmarks, [self.left])
        dx, dy = line[:, :, 0:1], line[:, :, 1:2]
        length = ops.sqrt(dx * dx + dy * dy + _EPSILON**2)
        # The turn r = target − direction, by its cosine and sine; no direction counts as horizontal.
        along, across = (dx + _EPSILON) / length, dy / length
        to_cos, to_sin = math.cos(self.target_rad), math.sin(self.target_rad)
        cos, sin = to_cos * along + to_sin * across, to_sin * along - to_cos * across
        points = self._pick(landmarks, self.subset)
        x, y = points[:, :, 0:1], points[:, :, 1:2]
        turned_x, turned_y = x * cos - y * sin, x * sin + y * cos
        low_x, high_x = ops.min(turned_x, 1, keepdims=True), ops.max(turned_x, 1, keepdims=True)
        low_y, high_y = ops.min(turned_y, 1, keepdims=True), ops.max(turned_y, 1, keepdims=True)
        by_x = (high_x - low_x) * (self.scale / self.crop_size)
        by_y = (high_y - low_y) * (self.scale / self.crop_size)
        middle_x, middle_y = (low_x + high_x) / 2, (low_y + high_y) / 2
        # R(−r)·diag(by), and the shift that puts the crop's middle on the box's.
        xx, xy, yx, yy = cos * by_x, sin * by_y, -sin * by_x, cos * by_y
        half = self.crop_size / 2
        shift_x = middle_x * cos + middle_y * sin - (xx + xy) * half
        shift_y = middle_y * cos - middle_x * sin - (yx + yy) * half
        return ops.reshape(ops.concatenate([xx, xy, shift_x, yx, yy, shift_y], 2), (-1, 2, 3))

    def _pick(self, landmarks: Any, indices: list[int]) -> Any:
        """(B, len(indices), 2), over `unit`."""
        if self.method == "gather":
            return ops.take(landmarks[:, :, :2], np.array(indices, np.int32), 1) * (1 / self.unit)
        # All numbers in a row, times a constant: GPU delegates want the constant to be the second factor.
        _, count, columns = landmarks.shape
        select = np.zeros((count, columns, len(indices), 2), np.float32)
        for place, index in enumerate(indices):
            select[index, [0, 1], place, [0, 1]] = 1 / self.unit
        numbers = ops.reshape(landmarks, (-1, count * columns))
        picked = ops.matmul(numbers, ops.cast(select.reshape(count * columns, -1), landmarks.dtype))
        return ops.reshape(picked, (-1, len(indices), 2))

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        return (input_shape[0], 2, 3)

    def get_config(self) -> dict[str, Any]:
        names = ("subset", "left", "right", "crop_size", "scale", "target_rad", "unit", "method")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
