"""Avatar renderer: the interface of what draws avatars, and the choice of one."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from attention_mesh.drawing.avatar.avatar_model import AvatarModel
from attention_mesh.drawing.avatar.avatar_scene import AvatarScene
from attention_mesh.drawing.avatar.pygfx_avatar_renderer import PygfxAvatarRenderer, has_graphics_card
from attention_mesh.drawing.avatar.software_avatar_renderer import SoftwareAvatarRenderer

RENDERERS = ("auto", "gpu", "software")


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
        kind: "gpu" draws by WebGPU, "software" with NumPy and OpenCV; "auto" takes the graphics card if there
            is one and the extra `gpu` is installed, else software.

    Raises:
        ValueError: there is no such kind.
        ImportError: "gpu" was asked for and is not installed; the text names the extra.
        AvatarError: "gpu" was asked for and there is no device.
    """
    if kind not in RENDERERS:
        raise ValueError(f"renderer {kind!r} is none of {', '.join(RENDERERS)}")
    if kind == "gpu" or (kind == "auto" and has_graphics_card()):
        return PygfxAvatarRenderer(model)
    return SoftwareAvatarRenderer(model)
