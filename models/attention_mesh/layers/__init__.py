"""The layers that Keras does not have."""

import attention_mesh.models.keras_backend  # noqa: F401 - before keras
from attention_mesh.models.attention_mesh.layers.landmarks_to_transform import LandmarksToTransform
from attention_mesh.models.attention_mesh.layers.prelu import prelu
from attention_mesh.models.attention_mesh.layers.residual_block import ResidualBlock
from attention_mesh.models.attention_mesh.layers.spatial_transformer import SpatialTransformer
from attention_mesh.models.attention_mesh.layers.transform_landmarks import TransformLandmarks

__all__ = ["LandmarksToTransform", "ResidualBlock", "SpatialTransformer", "TransformLandmarks", "prelu"]
