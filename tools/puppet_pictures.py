"""Pictures of docs/puppeteering.md: `python tools/puppet_pictures.py` writes puppet.jpg and expression.png.

The face is that of the demo's moving portrait, as `make demo` films it.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from attention_mesh.cli.demo import astronaut_photo
from attention_mesh.cli.demo_portrait import MovingPortraitSource
from attention_mesh.drawing.avatar.avatar_renderer import open_avatar_renderer
from attention_mesh.drawing.avatar.avatar_scene import AvatarScene
from attention_mesh.drawing.avatar.load_avatar import load_avatar
from attention_mesh.python_bindings.landmarker.category import BLENDSHAPE_NAMES
from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
from attention_mesh.python_bindings.landmarker.face_landmarker_options import (
    FaceLandmarkerOptions,
    RunningMode,
)
from attention_mesh.python_bindings.landmarker.face_landmarker_result import FaceLandmarkerResult
from attention_mesh.python_bindings.landmarker.face_mesh_annotator import FaceMeshAnnotator

DOCS = Path(__file__).resolve().parents[1] / "docs"
SIZE = 320  # px, of each picture
SHOWN = (1, 17, 45, 70, 88)  # frames of the film, of 100
BARS = 14
AXIS_CM = 7.0
VERTICAL_FOV_DEGREES = 63.0
INK, BAR, PAPER = (45, 55, 65), (0, 137, 123), (255, 255, 255)


def film() -> list[tuple[np.ndarray, FaceLandmarkerResult]]:
    """The frames of the moving portrait, and what the landmarker finds in each."""
    photo = astronaut_photo()
    with FaceLandmarker() as landmarker:
        landmarks = landmarker.detect(photo).landmarks_px[0]
    options = FaceLandmarkerOptions(
        running_mode=RunningMode.VIDEO,
        output_face_blendshapes=True,
        output_facial_transformation_matrixes=True,
        output_gaze=True,
    )
    with FaceLandmarker(options) as landmarker:
        return [
            (frame.image, landmarker.detect_for_video(frame.image, frame.timestamp_us // 1000))
            for frame in MovingPortraitSource(photo, landmarks, SIZE)
        ]


def puppets(frames: list[tuple[np.ndarray, FaceLandmarkerResult]]) -> np.ndarray:
    """(2·SIZE, 5·SIZE, 3) uint8 RGB: frames of the film, and below each the avatar that it moves."""
    renderer = open_avatar_renderer(load_avatar(""))
    columns = []
    for number in SHOWN:
        image, result = frames[number]
        avatar = np.full_like(image, (200, 206, 214))
        assert result.blendshapes is not None and result.poses is not None
        renderer.draw(avatar, AvatarScene(result.blendshapes, result.poses, result.gaze))
        columns.append(np.vstack([image, avatar]))
    return np.hstack(columns)


def expression(image: np.ndarray, result: FaceLandmarkerResult) -> np.ndarray:
    """(SIZE, 3·SIZE, 3) uint8 RGB: contours, axes of the head and gaze, beside the largest blend shapes."""
    picture = FaceMeshAnnotator(color_order="rgb").annotate(image.copy(), result.landmarks_px)
    assert result.poses is not None and result.gaze is not None
    pose = result.poses[0]
    nose = pose @ (0, 0, 8, 1)
    for axis, color in zip(np.eye(3), ((220, 40, 40), (30, 160, 60), (40, 80, 220)), strict=True):
        _arrow(picture, nose[:3], nose[:3] + AXIS_CM * pose[:3, :3] @ axis, color)
    mean = result.gaze[:, [2, 2, 2]]
    FaceMeshAnnotator("gaze", color_order="rgb").annotate(picture, result.landmarks_px, gaze=mean)
    return np.hstack([picture, _bars(result)])


def _arrow(picture: np.ndarray, begin: np.ndarray, end: np.ndarray, color: tuple[int, int, int]) -> None:
    """Draws an arrow between two points of the camera's frame, cm."""
    focal = SIZE / 2 / np.tan(np.radians(VERTICAL_FOV_DEGREES) / 2)
    ends = [(round(SIZE / 2 - focal * x / z), round(SIZE / 2 + focal * y / z)) for x, y, z in (begin, end)]
    cv2.arrowedLine(picture, ends[0], ends[1], color, 2, cv2.LINE_AA, tipLength=0.2)


def _bars(result: FaceLandmarkerResult) -> np.ndarray:
    """(SIZE, 2·SIZE, 3) uint8 RGB: the largest blend shapes as bars."""
    chart = np.full((SIZE, 2 * SIZE, 3), PAPER, np.uint8)
    assert result.blendshapes is not None
    scores = result.blendshapes[0]
    step, left, longest = SIZE / BARS, 190, 2 * SIZE - 190 - 60
    for row, shape in enumerate(np.argsort(-scores)[:BARS].tolist()):
        middle = round((row + 0.5) * step)
        end = left + round(float(scores[shape]) * longest)
        cv2.rectangle(chart, (left, middle - 6), (end, middle + 6), BAR, -1)
        for text, x in ((BLENDSHAPE_NAMES[shape], 12), (f"{scores[shape]:.2f}", end + 8)):
            cv2.putText(chart, text, (x, middle + 5), cv2.FONT_HERSHEY_SIMPLEX, 0.46, INK, 1, cv2.LINE_AA)
    return chart


if __name__ == "__main__":
    measured = film()
    Image.fromarray(puppets(measured)).save(DOCS / "puppet.jpg", quality=82, optimize=True)
    shown = Image.fromarray(expression(*measured[17])).quantize(
        256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
    )
    shown.save(DOCS / "expression.png", optimize=True)
