"""The errors of drawing."""

from attention_mesh.errors import AttentionMeshError


class AvatarError(AttentionMeshError, ValueError):
    """An avatar cannot be used or drawn; the text lists what its file has and what is needed."""


class LookError(AttentionMeshError, ValueError):
    """A look cannot be read; the text names the file, the line and what would be right."""
