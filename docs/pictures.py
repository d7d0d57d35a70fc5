"""Makes the picture in the README: `python docs/pictures.py` writes docs/astronaut.png."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from attention_mesh.python_bindings.cli.astronaut_photo import astronaut_photo
from attention_mesh.python_bindings.face_landmarker import FaceLandmarker
from attention_mesh.python_bindings.face_mesh_annotator import FaceMeshAnnotator

# The head in the photo: left, top, right, bottom in px; and how much it is enlarged.
HEAD = (128, 4, 318, 224)
ENLARGED = 3


def picture() -> np.ndarray:
    """(660, 1140, 3) uint8 RGB: the contours and irises beside the whole mesh."""
    photo = astronaut_photo()
    with FaceLandmarker() as landmarker:
        landmarks_px = landmarker.detect(photo).landmarks_px
    left, top, right, bottom = HEAD
    head = cv2.resize(
        photo[top:bottom, left:right], None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_LANCZOS4
    )
    points = (landmarks_px - np.float32([left, top, 0])) * ENLARGED
    halves = [
        FaceMeshAnnotator(color_order="rgb", thickness=2).annotate(head.copy(), points),
        FaceMeshAnnotator(color_order="rgb", contours=False, tesselation=True).annotate(head.copy(), points),
    ]
    return np.hstack(halves)


if __name__ == "__main__":
    # 256 colours keep the file small; the octree gives the thin coloured lines their own.
    reduced = Image.fromarray(picture()).quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    reduced.save(Path(__file__).with_name("astronaut.png"), optimize=True)
