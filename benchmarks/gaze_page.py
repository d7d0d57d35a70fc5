"""Draws the gaze into frames of a film, as a page to look at.

    python benchmarks/gaze_page.py FILM PAGE.png [--frames 24] [--faces 3] [--weights official]

The film is tracked from its beginning. Frames at equal distances are shown, cropped to their faces; closed
eyes have no arrow.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

from attention_mesh import FaceLandmarker, FaceLandmarkerOptions, FaceMeshAnnotator, RunningMode
from attention_mesh.python_bindings.landmarker.face_landmarker_result import FaceLandmarkerResult

TILE_PX, COLUMNS = 260, 6
CLOSED_BELOW = 0.1  # eye aspect ratio


def tile(image: np.ndarray, result: FaceLandmarkerResult, number: int) -> np.ndarray:
    """(TILE_PX, TILE_PX, 3): the part of a frame with its faces, and their gaze."""
    drawn = image.copy()
    points = result.landmarks_px
    if len(points):
        is_open = result.eye_aspect_ratios >= CLOSED_BELOW
        FaceMeshAnnotator("gaze", color_order="rgb").annotate(
            drawn, points, gaze=result.gaze, eyes_open=is_open
        )
        low, high = points[:, :, :2].min((0, 1)), points[:, :, :2].max((0, 1))
        half = 0.65 * (high - low).max()
        middle = np.clip((low + high) / 2, half, np.maximum(np.array(image.shape[1::-1]) - half, half))
        left, top = np.maximum(middle - half, 0).astype(int)
        drawn = drawn[top : top + int(2 * half), left : left + int(2 * half)]
    scale = TILE_PX / max(drawn.shape[:2])
    small = cv2.resize(drawn, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)[:TILE_PX, :TILE_PX]
    padding = [(0, TILE_PX - small.shape[0]), (0, TILE_PX - small.shape[1]), (0, 0)]
    page = np.pad(small, padding)
    cv2.putText(page, str(number), (6, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (255, 255, 255), 2, cv2.LINE_AA)
    return page


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("film", type=Path)
    parser.add_argument("page", type=Path)
    parser.add_argument("--frames", type=int, default=24)
    parser.add_argument("--faces", type=int, default=1)
    parser.add_argument("--weights", default="official")
    given = parser.parse_args()
    capture = cv2.VideoCapture(str(given.film))
    if not capture.isOpened():
        parser.error(f"{given.film} cannot be read as a film")
    count, rate = int(capture.get(cv2.CAP_PROP_FRAME_COUNT)), capture.get(cv2.CAP_PROP_FPS)
    shown = set(np.linspace(0, count - 1, given.frames).astype(int).tolist())
    options = FaceLandmarkerOptions(
        running_mode=RunningMode.VIDEO,
        num_faces=given.faces,
        weights=given.weights,
        output_gaze=True,
        output_blinks=True,
    )
    tiles = []
    with FaceLandmarker(options) as landmarker:
        for number in range(count):
            read, image = capture.read()
            if not read:
                break
            image = np.ascontiguousarray(image[..., ::-1])
            result = landmarker.detect_for_video(image, round(1000 * number / rate))
            if number in shown:
                tiles.append(tile(image, result, number))
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % COLUMNS)
    rows = [np.hstack(tiles[start : start + COLUMNS]) for start in range(0, len(tiles), COLUMNS)]
    cv2.imwrite(str(given.page), np.vstack(rows)[..., ::-1])


if __name__ == "__main__":
    main()
