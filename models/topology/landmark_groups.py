"""Landmark groups: named landmarks, such as the outer eye corners, and the 68-point annotation.

The tables are in landmark_groups.json and landmarks_68.json.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np


@cache
def landmark_groups() -> dict[str, np.ndarray]:
    """Landmark indices by the name of the group, int32, read-only.

    Left and right are the subject's; a group runs from the subject's right to left.
    """
    document = _read_json("landmark_groups.json")
    return {name: _read_only(landmarks) for name, landmarks in document.items() if name != "about"}


@cache
def landmarks_68() -> np.ndarray:
    """(68,) int32, read-only: the landmark at each point of the 68-point annotation, −1 if there is none."""
    return _read_only(_read_json("landmarks_68.json")["landmarks"])


def interocular_distance(landmarks: np.ndarray) -> float:
    """Distance of the outer eye corners, the field's unit for landmark errors.

    Args:
        landmarks: (N, D), N at least 264; the distance is in their unit, in the plane if D is 2.
    """
    right, left = landmarks[landmark_groups()["outer_eye_corners"]]
    return float(np.linalg.norm(left - right))


def _read_json(file_name: str) -> dict:
    return json.loads(Path(__file__).with_name(file_name).read_text(encoding="utf-8"))


def _read_only(indices: list[int]) -> np.ndarray:
    table = np.array(indices, np.int32)
    table.flags.writeable = False
    return table
