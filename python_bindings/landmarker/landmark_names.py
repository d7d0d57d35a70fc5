"""Names of landmarks: LANDMARK_NAMES for single points, LANDMARK_GROUPS for outlines and regions.

Left and right are the subject's. docs/landmarks.md shows where each point lies.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from attention_mesh.models.topology.face_topology import NUM_LANDMARKS_WITH_IRISES, FaceTopology
from attention_mesh.python_bindings.errors import InputError

LANDMARK_NAMES: Mapping[str, int] = MappingProxyType(FaceTopology.load().names)
"""Index of the landmark by its name: "nose_tip", "mouth_left", "right_iris_center" and others."""


def _groups() -> dict[str, tuple[int, ...]]:
    lines = FaceTopology.load().lines
    return {
        name.lower(): tuple(dict.fromkeys(pairs.ravel().tolist()))
        for name, pairs in lines.items()
        if name != "TESSELATION"
    }


LANDMARK_GROUPS: Mapping[str, tuple[int, ...]] = MappingProxyType(_groups())
"""Indices of landmarks by the name of a group, each once: "lips", "left_eye", "left_eyebrow", "left_iris",
the same with "right", "face_oval" and "nose". They are MediaPipe's FACEMESH_LIPS and so on."""


def landmark_indices(names: tuple[str, ...], num_landmarks: int = NUM_LANDMARKS_WITH_IRISES) -> np.ndarray:
    """The landmarks that names stand for.

    Args:
      names: of LANDMARK_NAMES or LANDMARK_GROUPS, in any mixture.
      num_landmarks: of the faces, 478 or 468; irises need 478.

    Returns:
      (n,) int32, in the order of the names; a group gives all of its landmarks.

    Raises:
      InputError: a name is unknown, with the nearest known ones, or the faces have no irises.
    """
    indices: list[int] = []
    for name in names:
        if name in LANDMARK_NAMES:
            found: tuple[int, ...] = (LANDMARK_NAMES[name],)
        elif name in LANDMARK_GROUPS:
            found = LANDMARK_GROUPS[name]
        else:
            known = [*LANDMARK_NAMES, *LANDMARK_GROUPS]
            words = set(name.lower().split("_"))
            near = [other for other in known if set(other.split("_")) == words]  # left_mouth: mouth_left
            near = near or difflib.get_close_matches(name.lower(), known, 3, 0.5) or known
            raise InputError(f"unknown landmark {name!r}; did you mean {', '.join(near)}?")
        if max(found) >= num_landmarks:
            raise InputError(
                f"{name} belongs to the irises, which faces with {num_landmarks} landmarks do not have; "
                f"with_attention=True measures {NUM_LANDMARKS_WITH_IRISES}."
            )
        indices += found
    return np.array(indices, np.int32)
