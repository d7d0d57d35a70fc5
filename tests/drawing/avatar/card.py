"""Drawing with a graphics card, for a process of its own: lavapipe and TensorFlow crash each other."""

from __future__ import annotations

import numpy as np

from attention_mesh.drawing.avatar.avatar_model import AvatarModel
from attention_mesh.drawing.avatar.avatar_renderer import open_avatar_renderer
from attention_mesh.drawing.avatar.avatar_scene import AvatarScene
from attention_mesh.drawing.avatar.builtin_avatar import builtin_avatar


def find_device() -> None:
    """Raises RuntimeError where WebGPU has no driver, not even a software one."""
    import wgpu

    wgpu.gpu.request_adapter_sync(power_preference="high-performance")


def pictures(scenes: list[AvatarScene], blank: np.ndarray, model: AvatarModel | None) -> list[np.ndarray]:
    """Each scene over a copy of `blank`, (H, W, 3) uint8, by one renderer; `None` is the built-in head."""
    renderer = open_avatar_renderer(model or builtin_avatar(), "gpu")
    drawn = [blank.copy() for _ in scenes]
    for picture, scene in zip(drawn, scenes, strict=True):
        renderer.draw(picture, scene)
    renderer.close()
    renderer.close()
    return drawn
