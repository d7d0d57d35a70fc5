"""Weights: where a model's file comes from, its hash, its conversion, and its place in the cache."""

from attention_mesh.models.weights.errors import WeightsError
from attention_mesh.models.weights.model_files import landmark_model, model_path, runnable_model, save_model
from attention_mesh.models.weights.model_store import ModelState, ModelStore
from attention_mesh.models.weights.official_models import MODELS, OfficialModel, official_name

__all__ = [
    "MODELS",
    "ModelState",
    "ModelStore",
    "OfficialModel",
    "WeightsError",
    "landmark_model",
    "model_path",
    "official_name",
    "runnable_model",
    "save_model",
]
