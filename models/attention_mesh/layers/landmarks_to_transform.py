"""From landmarks to the affine that lays a crop over them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

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

    (B, N, 2 or more) landmarks, x first → (B, 2, 3), which maps (x, y, 1) in the crop to the landmarks' own
    frame over `unit`, both in continuous coordinates with the origin at the corner. Landmarks are selected by a
    constant matrix, which every accelerator has, rather than by a gather.
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
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.subset = [int(index) for index in subset]
        self.left, self.right = int(left), int(right)
        self.crop_size, self.scale = int(crop_size), float(scale)
        self.target_rad, self.unit = float(target_rad), float(unit)
        if not self.subset:
            raise ValueError("subset is empty; a crop needs landmarks to surround")

    def build(self, input_shape: tuple) -> None:
        count = input_shape[1]
        wanted = [*self.subset, self.left, self.right]
        if count is None or max(wanted) >= count or min(wanted) < 0:
            raise ValueError(f"the landmarks are {count}, but landmark {max(wanted)} is wanted")
        # (S + 2, N): the subset, then the two ends of the line.
        self._select = np.eye(count, dtype=np.float32)[wanted] / np.float32(self.unit)
        self.built = True

    def call(self, landmarks: Any) -> Any:
        points = ops.matmul(ops.cast(self._select, landmarks.dtype), landmarks[:, :, :2])
        line = points[:, -1] - points[:, -2]
        dx, dy = line[:, 0:1], line[:, 1:2]
        length = ops.sqrt(dx * dx + dy * dy + _EPSILON**2)
        # The turn r = target − direction, by its cosine and sine; no direction counts as horizontal.
        along, across = (dx + _EPSILON) / length, dy / length
        to_cos, to_sin = math.cos(self.target_rad), math.sin(self.target_rad)
        cos, sin = to_cos * along + to_sin * across, to_sin * along - to_cos * across
        x, y = points[:, :-2, 0], points[:, :-2, 1]
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
        return ops.reshape(ops.concatenate([xx, xy, shift_x, yx, yy, shift_y], 1), (-1, 2, 3))

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        return (input_shape[0], 2, 3)

    def get_config(self) -> dict[str, Any]:
        names = ("subset", "left", "right", "crop_size", "scale", "target_rad", "unit")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
