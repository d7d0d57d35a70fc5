"""Picture of docs/rendering.md: `python tools/rendering_picture.py` writes docs/rendering.jpg.

Every layer with its default style, over the astronaut.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from attention_mesh import FaceLandmarker, FaceLandmarkerOptions, FaceLandmarkerResult, FaceMeshAnnotator
from attention_mesh.cli.demo import astronaut_photo

DOCS = Path(__file__).resolve().parents[1] / "docs"
PART = (112, 18, 334, 224)  # left, top, right, bottom of the head in the photo
SCALE = 3  # of the photo before it is drawn on, so that lines show
SHOWN = (320, 297)  # px, of each picture
DRAWINGS = (
    "contours,irises",
    "mesh,contours,irises",
    "depth",
    "motion,contours",
    "boxes,labels",
    "roi,gaze,irises",
)


def smile(points: np.ndarray) -> np.ndarray:
    """The face a moment before: the lower half a little higher, as if the mouth opened."""
    middle = points[:, 1:2, 1]
    lower = np.maximum(points[:, :, 1] - middle, 0)
    before = points.copy()
    before[:, :, 1] -= 0.12 * lower
    return before


def drawn(photo: np.ndarray, result: FaceLandmarkerResult, names: str) -> np.ndarray:
    """The photo with these layers, (H, W, 3) uint8 RGB."""
    annotator = FaceMeshAnnotator(names, color_order="rgb")
    ids = np.array([1])
    if "motion" in names:
        annotator.annotate(photo.copy(), smile(result.landmarks_px), ids=ids, timestamp_us=0)
    return annotator.annotate(
        photo.copy(),
        result.landmarks_px,
        result.rois,
        ids,
        scores=result.scores,
        gaze=result.gaze,
        timestamp_us=40_000,
    )


def picture() -> np.ndarray:
    """(594, 960, 3) uint8 RGB: two rows of three."""
    left, top, right, bottom = PART
    part = astronaut_photo()[top:bottom, left:right]
    photo = cv2.resize(part, None, fx=SCALE, fy=SCALE, interpolation=cv2.INTER_CUBIC)
    with FaceLandmarker(FaceLandmarkerOptions(output_gaze=True)) as landmarker:
        result = landmarker.detect(photo)
    shown = [
        cv2.resize(drawn(photo, result, names), SHOWN, interpolation=cv2.INTER_AREA) for names in DRAWINGS
    ]
    return np.vstack([np.hstack(shown[:3]), np.hstack(shown[3:])])


def main() -> None:
    path = DOCS / "rendering.jpg"
    Image.fromarray(picture()).save(path, quality=90, optimize=True)
    print(f"wrote {path.relative_to(DOCS.parent)} ({path.stat().st_size} bytes)")


if __name__ == "__main__":
    main()
