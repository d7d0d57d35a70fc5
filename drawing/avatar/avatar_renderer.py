"""Avatar renderer: the interface of what draws avatars, and the choice of one."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from attention_mesh.drawing.avatar.avatar_model import AvatarModel
from attention_mesh.drawing.avatar.avatar_scene import AvatarScene
from attention_mesh.drawing.avatar.software_avatar_renderer import SoftwareAvatarRenderer

RENDERERS = ("auto", "software")


class AvatarRenderer(Protocol):
    """Draws one avatar for the faces of a scene."""

    name: str

    def draw(self, picture: np.ndarray, scene: AvatarScene) -> None:
        """Draws over `picture`, (H, W, 3) uint8 RGB, in place."""

    def close(self) -> None:
        """Gives back what it holds. May be called twice."""


def open_avatar_renderer(model: AvatarModel, kind: str = "auto") -> AvatarRenderer:
    """A renderer.

    Args:
        model: the avatar.
        kind: one of `RENDERERS`.

    Raises:
        ValueError: there is no such kind.
    """
    if kind not in RENDERERS:
        raise ValueError(f"renderer {kind!r} is none of {', '.join(RENDERERS)}")
    return SoftwareAvatarRenderer(model)
