"""The picture docs/landmarks.jpg: `python tools/landmark_names_picture.py` labels points of a portrait."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from attention_mesh.cli.demo import astronaut_photo
from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
from attention_mesh.python_bindings.landmarker.landmark_names import LANDMARK_NAMES

FILE = Path(__file__).resolve().parents[1] / "docs" / "landmarks.jpg"
HEAD = (150, 30, 300, 190)  # of the photo: left, top, right, bottom, in px
COLUMN_PX = 62  # of the photo, for the labels on each side


def place_labels(axes: Axes, points: dict[str, np.ndarray], x: float, alignment: str) -> None:
    """Writes a column of labels from top to bottom, each with a line to its point."""
    ordered = sorted(points, key=lambda name: points[name][1])
    heights = np.linspace(HEAD[1] + 4, HEAD[3] - 4, len(ordered))
    for name, height in zip(ordered, heights, strict=True):
        axes.plot([x, points[name][0]], [height, points[name][1]], color="0.2", linewidth=0.8)
        axes.text(x, height, f" {name} ", fontsize=9, ha=alignment, va="center")
        axes.plot(*points[name], "o", color="#ffd400", markeredgecolor="black", markersize=4.5)


def picture() -> np.ndarray:
    """(H, W, 3) uint8 RGB: the portrait, with a column of names on each side."""
    photo = astronaut_photo()
    with FaceLandmarker() as landmarker:
        landmarks_px = landmarker.detect(photo).landmarks_px[0]
    left, top, right, bottom = HEAD
    width, height = right - left + 2 * COLUMN_PX, bottom - top
    figure = Figure(figsize=(11, 11 * height / width))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.imshow(
        photo[top:bottom, left:right],
        extent=(left - 0.5, right - 0.5, bottom - 0.5, top - 0.5),
        interpolation="lanczos",
    )
    axes.set(xlim=(left - COLUMN_PX, right + COLUMN_PX), ylim=(bottom, top))
    axes.axis("off")
    # The subject's right is on the left; what is in the middle goes where there is more room.
    points = {name: landmarks_px[index, :2] for name, index in LANDMARK_NAMES.items()}
    sides: dict[str, dict[str, np.ndarray]] = {"right": {}, "left": {}}
    for turn, (name, point) in enumerate(points.items()):
        side = next((side for side in sides if side in name.split("_")), list(sides)[turn % 2])
        sides[side][name] = point
    place_labels(axes, sides["right"], left, "right")
    place_labels(axes, sides["left"], right, "left")
    stream = io.BytesIO()
    figure.savefig(stream, dpi=100)
    return np.asarray(Image.open(stream).convert("RGB"))


if __name__ == "__main__":
    Image.fromarray(picture()).save(FILE, quality=88)
