"""Faces with the contours that several networks find in them, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from attention_mesh.models.topology.face_topology import FaceTopology
from attention_mesh.models.topology.refinement import region_landmarks
from attention_mesh.models.training.face_sample import FaceSample

_LINES = ("LIPS", "LEFT_EYE", "RIGHT_EYE", "LEFT_EYEBROW", "RIGHT_EYEBROW", "FACE_OVAL")
_IRISES = ("right_iris", "left_iris")
_COLOUR, _TITLE_COLOUR = (60, 255, 120), (255, 255, 255)
_SUBPIXEL = 4  # bits of cv2's fixed point
_TITLE_HEIGHT = 24


def compare_picture(faces: Sequence[FaceSample], columns: Mapping[str, Sequence[np.ndarray]]) -> np.ndarray:
    """(H, W, 3) uint8 RGB: a row a face, a column a network, its name on top.

    faces: square crops, whose landmarks are not used. columns: by name, for each face the landmarks
    (478, 2 or 3) px of its crop.
    """
    pictures = []
    for name, landmarks in columns.items():
        side = faces[0].image.shape[1]
        title = np.zeros((_TITLE_HEIGHT, side, 3), np.uint8)
        cv2.putText(title, name, (6, 17), cv2.FONT_HERSHEY_SIMPLEX, 0.45, _TITLE_COLOUR, 1, cv2.LINE_AA)
        drawn = [_drawn(face.image, points) for face, points in zip(faces, landmarks, strict=True)]
        pictures.append(np.concatenate([title, *drawn]))
    return np.concatenate(pictures, 1)


def _drawn(image: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    picture = image.copy()
    # OpenCV's coordinates are those of pixel centres.
    points = np.round((landmarks[:, :2] - 0.5) * 2**_SUBPIXEL).astype(np.int32)
    topology = FaceTopology.load()
    for name in _LINES:
        cv2.polylines(picture, list(points[topology.lines[name]]), False, _COLOUR, 1, cv2.LINE_AA, _SUBPIXEL)
    for name in _IRISES:
        ring = points[region_landmarks()[name][1:]]
        cv2.polylines(picture, [ring], True, _COLOUR, 1, cv2.LINE_AA, _SUBPIXEL)
    return picture
