"""Pictures of docs/makeup.md: `python tools/makeup_picture.py` writes makeup.jpg and lip_contours.jpg there.

The astronaut without makeup and with looks of the package; her lips with the plain mesh and with attention.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from attention_mesh import FaceLandmarker, FaceLandmarkerOptions, Makeup
from attention_mesh.cli.demo import astronaut_photo
from attention_mesh.drawing.makeup.lip_mask import lip_mask

DOCS = Path(__file__).resolve().parents[1] / "docs"
LOOKS = ("natural_glow", "bridal", "classic_red", "golden_hour", "evening_smoky", "stage", "plum_matte")
PART = (138, 40, 308, 210)  # left, top, right, bottom of the face in the photo
SCALE = 3  # of the photo before it is painted, so that borders show
SHOWN = (340, 340)  # px, of each face
LIPS = (190, 126, 260, 164)  # left, top, right, bottom of the mouth in the photo
LIPS_SCALE = 8
LINE = (60, 255, 120)


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


def contours() -> np.ndarray:
    """(608, 1120, 3) uint8 RGB: lips of the plain mesh above, of attention below; contours, then lipstick.

    As figure 4 of the Attention Mesh paper (arXiv 2006.10962) compares them.
    """
    photo = astronaut_photo()
    rows = []
    for attention in (False, True):
        options = FaceLandmarkerOptions(refine_passes=2, with_attention=attention)
        with FaceLandmarker(options) as landmarker:
            landmarks = landmarker.detect(photo).landmarks_px[0]
        left, top, right, bottom = LIPS
        large = cv2.resize(
            photo[top:bottom, left:right], None, fx=LIPS_SCALE, fy=LIPS_SCALE, interpolation=cv2.INTER_CUBIC
        )
        places = (landmarks - (left, top, 0)) * LIPS_SCALE
        mask = lip_mask((large.shape[1], large.shape[0]), places)
        assert mask is not None
        lines = large.copy()
        cv2.polylines(
            lines, list(np.rint(mask.contours_px * 16 - 8).astype(np.int32)), False, LINE, 2, cv2.LINE_AA, 4
        )
        rows.append(np.hstack([lines, Makeup("red_matte").apply(large, places)]))
    return np.vstack(rows)


def main() -> None:
    for name, picture in (("makeup", made_up()), ("lip_contours", contours())):
        path = DOCS / f"{name}.jpg"
        Image.fromarray(picture).save(path, quality=90, optimize=True)
        print(f"wrote {path.relative_to(DOCS.parent)} ({path.stat().st_size} bytes)")


if __name__ == "__main__":
    main()
