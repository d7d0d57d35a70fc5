"""Picture of docs/avatars.md: `python tools/avatar_pictures.py` writes docs/avatar.jpg."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from attention_mesh.drawing.avatar.avatar_renderer import open_avatar_renderer
from attention_mesh.drawing.avatar.avatar_scene import AvatarScene
from attention_mesh.drawing.avatar.builtin_avatar import builtin_avatar
from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES

FILE = Path(__file__).resolve().parents[1] / "docs" / "avatar.jpg"
TILE_PX = 300
COLUMNS = 5
GRAY = (200, 206, 214)
# Name, degrees that the head turns to its left, and coefficients; a name without a side stands for both.
CASES: tuple[tuple[str, float, dict[str, float]], ...] = (
    ("neutral", 0, {}),
    ("mouthSmile, cheekSquint", 0, {"mouthSmile": 1.0, "cheekSquint": 0.7, "eyeSquint": 0.3, "jawOpen": 0.1}),
    ("jawOpen, eyeWide", 0, {"jawOpen": 0.75, "eyeWide": 0.6, "browInnerUp": 0.5}),
    ("eyeBlink", 0, {"eyeBlink": 1.0}),
    ("browInnerUp, mouthFrown", 0, {"browInnerUp": 1.0, "mouthFrown": 0.8}),
    ("mouthPucker", 0, {"mouthPucker": 1.0}),
    ("cheekPuff, browDown", 0, {"cheekPuff": 1.0, "browDown": 0.8}),
    ("tongueOut, eyeBlinkLeft", 20, {"tongueOut": 1.0, "eyeBlinkLeft": 1.0, "mouthSmile": 0.4}),
    ("30° to its left", 30, {"mouthSmile": 0.5, "jawOpen": 0.12}),
    ("30° to its right", -30, {"eyeLookOutLeft": 0.8, "eyeLookInRight": 0.8}),
)


def coefficients(values: dict[str, float]) -> np.ndarray:
    """(52,) float32 of coefficients by name."""
    out = np.zeros(len(BLENDSHAPE_NAMES), np.float32)
    for name, value in values.items():
        rows = [
            row
            for row, shape in enumerate(BLENDSHAPE_NAMES)
            if shape in (name, f"{name}Left", f"{name}Right")
        ]
        if not rows:
            raise ValueError(f"there is no blend shape {name}")
        out[rows] = value
    return out


def sheet(renderer_kind: str) -> np.ndarray:
    """(H, W, 3) uint8 RGB: all cases with their names."""
    renderer = open_avatar_renderer(builtin_avatar(), renderer_kind)
    tiles = []
    for name, turn, values in CASES:
        angle = np.radians(turn)
        pose = np.eye(4)
        pose[0, 0] = pose[2, 2] = np.cos(angle)
        pose[0, 2], pose[2, 0] = np.sin(angle), -np.sin(angle)
        pose[:3, 3] = 0, -0.5, -29
        # Twice the size, then smaller: smoother than the renderers need to be for films.
        tile = np.full((2 * TILE_PX, 2 * TILE_PX, 3), GRAY, np.uint8)
        renderer.draw(tile, AvatarScene(coefficients(values)[None], pose[None]))
        small = cv2.resize(tile, (TILE_PX, TILE_PX), interpolation=cv2.INTER_AREA)
        cv2.putText(small, name, (8, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (70, 74, 80), 1, cv2.LINE_AA)
        tiles.append(small)
    renderer.close()
    return np.vstack([np.hstack(tiles[row : row + COLUMNS]) for row in range(0, len(tiles), COLUMNS)])


if __name__ == "__main__":
    cv2.imwrite(str(FILE), cv2.cvtColor(sheet("software"), cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 85])
