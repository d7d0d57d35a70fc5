"""Picture of docs/makeup.md: `python tools/makeup_picture.py` writes docs/makeup.jpg.

The astronaut without makeup and with looks of the package.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from attention_mesh import FaceLandmarker, Makeup
from attention_mesh.cli.demo import astronaut_photo

DOCS = Path(__file__).resolve().parents[1] / "docs"
LOOKS = ("natural_glow", "bridal", "classic_red", "golden_hour", "evening_smoky", "stage", "plum_matte")
PART = (138, 40, 308, 210)  # left, top, right, bottom of the face in the photo
SCALE = 3  # of the photo before it is painted, so that borders show
SHOWN = (340, 340)  # px, of each face


def made_up() -> np.ndarray:
    """(680, 1360, 3) uint8 RGB: the face as it is, then the looks, in two rows of four."""
    left, top, right, bottom = PART
    photo = cv2.resize(
        astronaut_photo()[top:bottom, left:right], None, fx=SCALE, fy=SCALE, interpolation=cv2.INTER_CUBIC
    )
    with FaceLandmarker() as landmarker:
        landmarks = landmarker.detect(photo).landmarks_px
    faces = [photo, *(Makeup(look).apply(photo, landmarks) for look in LOOKS)]
    shown = [cv2.resize(face, SHOWN, interpolation=cv2.INTER_AREA) for face in faces]
    return np.vstack([np.hstack(shown[:4]), np.hstack(shown[4:])])


def main() -> None:
    path = DOCS / "makeup.jpg"
    Image.fromarray(made_up()).save(path, quality=90, optimize=True)
    print(f"wrote {path.relative_to(DOCS.parent)} ({path.stat().st_size} bytes)")


if __name__ == "__main__":
    main()
