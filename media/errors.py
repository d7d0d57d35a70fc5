"""The error of inputs and outputs: films, photos, cameras, the window, folders and the disk."""

from attention_mesh.errors import AttentionMeshError


class MediaError(AttentionMeshError, RuntimeError):
    """An input or output cannot be opened, read or written, or it ends early; the text says which and why.

    Frames that a source yielded before it are good.
    """
