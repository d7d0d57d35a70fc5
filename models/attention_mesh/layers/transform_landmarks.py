"""Landmarks of a crop → landmarks of the frame that it was cut from."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="attention_mesh")
class TransformLandmarks(keras.layers.Layer):
    """Applies a crop's θ to landmarks found in it.

    unit: how many of the landmarks' units a cell of θ has, on both sides; e.g. 4 where landmarks are in
      pixels and θ counts cells of 4 pixels.

    Inputs (B, N, 2 or 3) and θ (B, 2, 3) → the same shape; z stays as it is.
    Source: the TransformLandmarks operator of face_landmark_with_attention.tflite.
    """

    def __init__(self, unit: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.unit = float(unit)

    def build(self, landmarks_shape: tuple, theta_shape: tuple) -> None:
        self.built = True

    def call(self, landmarks: Any, theta: Any) -> Any:
        x, y, z = landmarks[:, :, 0:1], landmarks[:, :, 1:2], landmarks[:, :, 2:]
        # Not a matrix product: those lose digits where a GPU multiplies in TF32.
        moved = [
            theta[:, axis : axis + 1, 0:1] * x
            + theta[:, axis : axis + 1, 1:2] * y
            + theta[:, axis : axis + 1, 2:3] * self.unit
            for axis in range(2)
        ]
        return ops.concatenate([*moved, z] if landmarks.shape[2] > 2 else moved, 2)

    def compute_output_shape(self, landmarks_shape: tuple, theta_shape: tuple) -> tuple:
        return landmarks_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "unit": self.unit}
