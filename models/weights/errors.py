"""Errors of the weights: fetching, verifying, converting and storing them."""

from attention_mesh.errors import AttentionMeshError


class WeightsError(AttentionMeshError, RuntimeError):
    """Weights are missing, broken or unknown; the text says what to do."""


class ModelFileError(WeightsError, ValueError):
    """A model's file is damaged, holds what is not run, or did not survive its trial."""
