"""Clips: the frames that the benchmarks run on, synthetic ones or a recorded video."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from attention_mesh.media.virtual_camera_source import VirtualCameraSource

# Tiles across and down, and the photo's size in its tile, by the number of faces. The faces are large enough
# for a detector that sees the whole frame at 128x128; of 16, the full-range detector finds most at 192x192.
GRIDS = {1: (1, 1, 1.6), 2: (2, 1, 1.6), 4: (2, 2, 3.2), 8: (4, 2, 3.2), 16: (4, 4, 4.5)}


@dataclass
class Clip:
    """A file of raw frames: `shape` (N, H, W, 3)."""

    path: str
    shape: tuple[int, int, int, int]
    num_faces: int

    @property
    def label(self) -> str:
        return f"{self.shape[2]}×{self.shape[1]}"


def synthetic_frames(size: tuple[int, int], num_faces: int, count: int) -> Iterator[np.ndarray]:
    """Yields scikit-image's astronaut in front of a virtual camera, once per tile; (H, W, 3) uint8 RGB."""
    import skimage.data

    columns, rows, zoom = GRIDS[num_faces]
    tile = (size[0] // columns, size[1] // rows)
    camera = VirtualCameraSource(
        skimage.data.astronaut(), size=tile, focus=(0.43, 0.25), zoom=zoom, duration_s=8
    )
    for index in range(count):
        # The tiles start at different points of the camera's path, so that no two faces move alike.
        tiles = [camera.image(index + 31 * place) for place in range(columns * rows)]
        yield np.vstack([np.hstack(tiles[row * columns : (row + 1) * columns]) for row in range(rows)])


def recorded_frames(video: Path, count: int) -> Iterator[np.ndarray]:
    """Yields the first `count` frames of a video file; (H, W, 3) uint8 RGB."""
    capture = cv2.VideoCapture(str(video))
    for _ in range(count):
        found, frame = capture.read()
        if not found:
            return
        yield cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)


def write_clip(path: Path, frames: Iterator[np.ndarray], num_faces: int) -> Clip:
    count, shape = 0, None
    with path.open("wb") as file:
        for frame in frames:
            np.ascontiguousarray(frame).tofile(file)
            count, shape = count + 1, frame.shape
    if shape is None:
        raise SystemExit("the video has no readable frame")
    return Clip(str(path), (count, *shape), num_faces)
