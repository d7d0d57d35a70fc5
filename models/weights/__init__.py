"""Official weights: where a file comes from, its hash, its conversion, and its place in the cache."""

from attention_mesh.models.weights.errors import WeightsError
from attention_mesh.models.weights.export import export
from attention_mesh.models.weights.landmark_model import landmark_model
from attention_mesh.models.weights.model_path import model_path
from attention_mesh.models.weights.model_state import ModelState
from attention_mesh.models.weights.model_store import ModelStore
from attention_mesh.models.weights.official_model import OfficialModel
from attention_mesh.models.weights.official_name import official_name
from attention_mesh.models.weights.registry import MODELS
from attention_mesh.models.weights.runnable_model import runnable_model

__all__ = [
    "MODELS",
    "ModelState",
    "ModelStore",
    "OfficialModel",
    "WeightsError",
    "export",
    "landmark_model",
    "model_path",
    "official_name",
    "runnable_model",
]
