"""Writes builtin_face.npz, the neutral face of the built-in rig: `python tools/builtin_face.py`.

The face is the one in scikit-image's portrait of an astronaut. The photo comes with the extra `demo` and is
in the public domain (NASA); the official network (Apache-2.0) finds the landmarks in it.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.models.topology.mirror import mirror_landmarks
from attention_mesh.models.training import synthetic
from attention_mesh.models.training.synthetic.landmark_embedding import NETWORK_SIZE, OfficialNetwork

FILE = Path(synthetic.__file__).with_name("builtin_face.npz")
_CENTER, _SIDE, _ANGLE = (223.0, 118.0), 210.0, -2.0  # of the face in the photo, px and degrees
_EYES_APART = 8.9  # outer corners, in the rig's units


def builtin_face(photo: np.ndarray) -> np.ndarray:
    """(478, 3) float32 landmarks of the photo's face, upright, symmetric, in the rig's units."""
    matrix = np.asarray(cv2.getRotationMatrix2D(_CENTER, _ANGLE, NETWORK_SIZE / _SIDE), np.float64)
    matrix[:, 2] += NETWORK_SIZE / 2 - np.array(_CENTER)
    crop = cv2.warpAffine(photo, matrix, (NETWORK_SIZE, NETWORK_SIZE))
    points = OfficialNetwork().landmarks(crop) * (1, -1, -1)
    points -= points.mean(0)
    for _ in range(10):  # toward its own mirror image
        image = points[mirror_landmarks()] * (-1, 1, 1)
        left, _, right = np.linalg.svd(image.T @ points)
        points = (points @ (left @ right).T + image) / 2
        points -= points.mean(0)
    points = (points + points[mirror_landmarks()] * (-1, 1, 1)) / 2
    right_eye, left_eye = points[landmark_groups()["outer_eye_corners"]]
    points *= _EYES_APART / (left_eye[0] - right_eye[0])
    return points.astype(np.float32)


def main() -> None:
    from skimage import data

    np.savez_compressed(FILE, landmarks=builtin_face(data.astronaut()))


if __name__ == "__main__":
    main()
