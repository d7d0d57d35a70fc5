"""Loads an avatar by the name that a user gives."""

from __future__ import annotations

from pathlib import Path

from attention_mesh.drawing.avatar.avatar_model import AvatarModel
from attention_mesh.drawing.avatar.builtin_avatar import builtin_avatar
from attention_mesh.drawing.avatar.glb_avatar import load_glb_avatar


def load_avatar(path: str) -> AvatarModel:
    """The avatar in a GLB file, or the built-in one for "".

    Raises:
        AvatarError: the file cannot be an avatar; see `load_glb_avatar`.
    """
    return load_glb_avatar(Path(path)) if path else builtin_avatar()
