"""The errors of running a model."""

from attention_mesh.errors import AttentionMeshError


class ModelError(AttentionMeshError, ValueError):
    """LiteRT cannot run a model, or the model has no leading batch axis."""


class AcceleratorError(AttentionMeshError, RuntimeError):
    """No GPU runs the whole model: the text is the reason, in a few words, for a log."""
