"""The errors of running a model."""

from attention_mesh.errors import AttentionMeshError


class AcceleratorError(AttentionMeshError, RuntimeError):
    """No GPU runs the whole model: the text is the reason, in a few words, for a log."""
