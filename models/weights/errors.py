"""Errors of the weights: fetching, verifying, converting and storing them."""

from attention_mesh.errors import AttentionMeshError


class WeightsError(AttentionMeshError, RuntimeError):
    """Weights are missing, broken or unknown; the text says what to do."""
