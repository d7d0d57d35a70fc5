"""Pictures of the docs: `python tools/pictures.py` writes docs/astronaut.png, animated.jpg and gaze.png."""

from __future__ import annotations

import tempfile
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from attention_mesh.cli.demo import astronaut_photo
from attention_mesh.models.training.label_file import LabelFile
from attention_mesh.models.training.labeled_faces import LabeledFaces
from attention_mesh.models.training.synthetic.animated_portraits import AnimatedPortraits
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig
from attention_mesh.models.training.synthetic.synthetic_faces import SyntheticFaces
from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
from attention_mesh.python_bindings.landmarker.face_landmarker_options import FaceLandmarkerOptions
from attention_mesh.python_bindings.landmarker.face_mesh_annotator import FaceMeshAnnotator

DOCS = Path(__file__).resolve().parents[1] / "docs"
# The head in the photo: left, top, right, bottom in px, and its magnification.
HEAD = (128, 4, 318, 224)
ENLARGED = 3
ANIMATED_SEEDS = (2, 7, 8, 14, 19)
GAZE_SEEDS = (8, 6, 21)  # of synthetic faces that look aside and down
GAZE_PX = 300
BESIDE = (72, 0)  # px, left and top of the astronaut's part of that size


def picture() -> np.ndarray:
    """(660, 1140, 3) uint8 RGB: the contours and irises beside the whole mesh."""
    photo = astronaut_photo()
    with FaceLandmarker() as landmarker:
        landmarks_px = landmarker.detect(photo).landmarks_px
    left, top, right, bottom = HEAD
    head = cv2.resize(
        photo[top:bottom, left:right], None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_LANCZOS4
    )
    points = (landmarks_px - np.array([left, top, 0], np.float32)) * ENLARGED
    halves = [
        FaceMeshAnnotator(color_order="rgb").annotate(head.copy(), points),
        FaceMeshAnnotator("mesh,irises", color_order="rgb").annotate(head.copy(), points),
    ]
    return np.hstack(halves)


def animated() -> np.ndarray:
    """(448, 1120, 3) uint8 RGB: pictures of `synthesize --animated` from that photo, and their landmarks."""
    photo = astronaut_photo()
    with tempfile.TemporaryDirectory() as folder, FaceLandmarker() as landmarker:
        cv2.imwrite(f"{folder}/a.png", cv2.cvtColor(photo, cv2.COLOR_RGB2BGR))
        landmarks = landmarker.detect(photo).landmarks_px[:1]
        LabelFile(["a.png"], landmarks, np.ones((1, 478, 2)), np.ones(1)).write(Path(folder) / "labels.npz")
        faces = AnimatedPortraits(builtin_rig(), LabeledFaces(Path(folder)), size=224)
        samples = [faces.sample(np.random.default_rng(seed)) for seed in ANIMATED_SEEDS]
    annotator = FaceMeshAnnotator(color_order="rgb")
    drawn = [annotator.annotate(sample.image.copy(), sample.landmarks[None]) for sample in samples]
    return np.vstack([np.hstack([sample.image for sample in samples]), np.hstack(drawn)])


def gaze() -> np.ndarray:
    """(300, 1200, 3) uint8 RGB: the gaze of that face, and of synthetic ones."""
    left, top = BESIDE
    images = [astronaut_photo()[top : top + GAZE_PX, left : left + GAZE_PX].copy()]
    faces = SyntheticFaces(builtin_rig(), size=GAZE_PX)
    images += [faces.sample(np.random.default_rng(seed)).image.copy() for seed in GAZE_SEEDS]
    annotator = FaceMeshAnnotator("gaze", color_order="rgb")
    with FaceLandmarker(FaceLandmarkerOptions(output_gaze=True)) as landmarker:
        for image in images:
            result = landmarker.detect(image)
            annotator.annotate(image, result.landmarks_px, gaze=result.gaze)
    return np.hstack(images)


def reduced(image: np.ndarray) -> Image.Image:
    """The picture in 256 colors, which keep the file small."""
    # The octree gives the thin colored lines colors of their own.
    return Image.fromarray(image).quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)


if __name__ == "__main__":
    Image.fromarray(animated()).save(DOCS / "animated.jpg", quality=85)
    reduced(picture()).save(DOCS / "astronaut.png", optimize=True)
    reduced(gaze()).save(DOCS / "gaze.png", optimize=True)
