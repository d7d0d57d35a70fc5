"""Skins from a folder of labelled portraits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from attention_mesh.models.errors import DatasetError
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.models.training.label_file import LabelFile
from attention_mesh.models.training.synthetic.face_rig import FaceRig
from attention_mesh.models.training.synthetic.skin_atlas import SkinAtlas

_JPEG = [cv2.IMWRITE_JPEG_QUALITY, 92]


def portrait_skins(
    rig: FaceRig, folder: Path, labels: LabelFile, progress: Callable[[int], object] = lambda done: None
) -> list[bytes]:
    """One skin as JPEG for every portrait with a face that faces the camera within 20°, in the labels' order.

    Raises DatasetError for a picture that cannot be read, and when no portrait is left.
    """
    atlas = SkinAtlas(rig)
    skins = []
    for number, name in enumerate(labels.names):
        landmarks = labels.landmarks[number]
        if labels.presence[number] < 0.5 or not np.isfinite(landmarks).all() or not _is_frontal(landmarks):
            continue
        photo = cv2.imread(str(folder / name), cv2.IMREAD_COLOR)
        if photo is None:
            raise DatasetError(f"cannot read the portrait {folder / name}")
        content = cv2.imencode(".jpg", atlas.bake(photo, landmarks), _JPEG)[1]
        skins.append(content.tobytes())
        progress(number + 1)
    if not skins:
        raise DatasetError(f"{folder}: none of {len(labels.names)} portraits has a frontal face")
    return skins


def _is_frontal(landmarks: np.ndarray) -> bool:
    """Whether the line between the sides of the face is within 20° of the picture's plane."""
    right, left = landmarks[landmark_groups()["face_sides"]]
    across = left - right
    return abs(across[2]) < np.tan(np.radians(20)) * np.hypot(across[0], across[1])
