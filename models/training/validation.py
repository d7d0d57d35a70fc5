"""How far a network in training is, on pictures it does not learn from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from attention_mesh.models.evaluation.crop_errors import crop_errors
from attention_mesh.models.evaluation.landmark_errors import mean_errors
from attention_mesh.models.training.labelled_faces import LabelledFaces


def landmark_errors_of(network: Any, sets: Sequence[LabelledFaces], most: int = 256) -> dict[str, float]:
    """Means over the first `most` pictures of each set, by name: error_all, error_lips, error_eyes, in
    percent, and error_presence, the share of wrong face flags, in percent.
    """
    measured = [crop_errors(network, faces, most) for faces in sets]
    mean = mean_errors([errors for one in measured for errors in one.refined])
    wrong = [flag for one in measured for flag in one.flags]
    return {
        "error_all": mean.all,
        "error_lips": mean.lips,
        "error_eyes": mean.eyes,
        "error_presence": 100 * float(np.mean(wrong)),
    }
