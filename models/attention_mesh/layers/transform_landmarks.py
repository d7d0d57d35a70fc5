"""Landmarks of a crop → landmarks of the frame that it was cut from."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="attention_mesh")
class TransformLandmarks(keras.layers.Layer):
    """Applies a crop's θ to landmarks found in it.

    unit: how many of the landmarks' units a cell of θ has, on both sides; e.g. 4 where landmarks are in pixels
      and θ counts cells of 4 pixels.

    Inputs (B, N, 2 or 3) and θ (B, 2, 3) → the same shape; z stays as it is.
    Source: the TransformLandmarks operator of face_landmark_with_attention.tflite.
    """

    def __init__(self, unit: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.unit = float(unit)

    def build(self, landmarks_shape: tuple, theta_shape: tuple) -> None:
        self.built = True

    def call(self, landmarks: Any, theta: Any) -> Any:
        turn, shift = theta[:, :, :2], theta[:, :, 2] * self.unit
        moved = ops.matmul(landmarks[:, :, :2], ops.transpose(turn, (0, 2, 1))) + shift[:, None, :]
        return ops.concatenate([moved, landmarks[:, :, 2:]], 2) if landmarks.shape[2] > 2 else moved

    def compute_output_shape(self, landmarks_shape: tuple, theta_shape: tuple) -> tuple:
        return landmarks_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "unit": self.unit}
