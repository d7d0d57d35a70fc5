"""The Attention Mesh network in Keras 3, its baselines and its layers, on any Keras backend."""

import attention_mesh.models.keras_backend  # noqa: F401 - before keras
from attention_mesh.models.attention_mesh.attention_mesh import AttentionMesh
from attention_mesh.models.attention_mesh.cascade import Cascade
from attention_mesh.models.attention_mesh.mesh import Mesh
from attention_mesh.models.attention_mesh.multiply_adds import multiply_adds
from attention_mesh.models.attention_mesh.refined_landmarks import refined_landmarks
from attention_mesh.models.attention_mesh.regions import ideal_transforms
from attention_mesh.models.preset import FEATURE_STRIDE, Preset

__all__ = [
    "FEATURE_STRIDE",
    "AttentionMesh",
    "Cascade",
    "Mesh",
    "Preset",
    "ideal_transforms",
    "multiply_adds",
    "refined_landmarks",
]
