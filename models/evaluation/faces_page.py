"""Faces page: the faces that a network finds best and worst, beside their labels, as one picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from attention_mesh.models.evaluation.crop_errors import predictions
from attention_mesh.models.evaluation.drawn_contours import drawn_contours, title
from attention_mesh.models.evaluation.landmark_errors import known_errors
from attention_mesh.models.training.augmentation import Augmentation
from attention_mesh.models.training.labeled_faces import LabeledFaces

_SIDE = 256  # px, of a face on the page
_MOST = 5  # faces in a column


def faces_page(network: Any, sets: Sequence[LabeledFaces], most: int = 256) -> np.ndarray:
    """The best faces in the left half, from the top down, and the worst in the right half, the worst on top.

    Each face is there twice: with the contours of its labels, and with those of the network. The title gives
    the error of all landmarks, in percent, and the name of the picture.

    Args:
        network: `Mesh`, `Cascade` or `AttentionMesh`.
        sets: pictures with labels.
        most: pictures of each set that are looked at.

    Returns:
        (H, W, 3) uint8 RGB; a black line of text if no face has enough known landmarks.
    """
    found = []  # (error in percent, set, number, landmarks in pixels of the page)
    scale = _SIDE / network.preset.input_size
    for faces in sets:
        for number, (sample, refined, _, _) in enumerate(predictions(network, faces, most)):
            errors = known_errors(refined, sample.landmarks)
            if errors is not None:
                found.append((errors.all, faces, number, refined * np.float32(scale)))
    found.sort(key=lambda face: face[0])
    if not found:
        return title("no held-out face has enough known landmarks", 2 * _SIDE)
    count = min(_MOST, (len(found) + 1) // 2)
    halves = (("best", found[:count]), ("worst", found[::-1][:count]))
    columns = [
        np.concatenate([_tile(f"{name} {place}", *face) for place, face in enumerate(half, 1)])
        for name, half in halves
    ]
    return np.concatenate(columns, 1)


def _tile(name: str, error: float, faces: LabeledFaces, number: int, landmarks: np.ndarray) -> np.ndarray:
    """The labels of a face beside the landmarks (478, 3) px that were found, below a title."""
    sample = Augmentation.none().crop(faces[number], _SIDE, np.random.default_rng(0))
    halves = [
        np.concatenate([title(text, _SIDE), drawn_contours(sample.image, points)])
        for text, points in (
            (f"{name}: {faces.labels.names[number]}", sample.landmarks),
            (f"network: {error:.1f} %", landmarks),
        )
    ]
    return np.concatenate(halves, 1)
