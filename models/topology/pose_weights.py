"""Pose weights: how much each landmark says of the head's pose rather than of the face's expression."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np


@cache
def pose_weights() -> np.ndarray:
    """(478,) float32 from 0 to 1, read-only, for `WeightedProcrustes` of the canonical face.

    The weights are symmetric. They are high where expressions hardly move the skin (inner eye corners, bridge
    of the nose, temples), low on lips, jaw and brows, and 0 for the irises. `tools/pose_weights.py` derives
    them from a rig.
    """
    document = json.loads(Path(__file__).with_name("pose_weights.json").read_text(encoding="utf-8"))
    weights = np.array(document["weights"], np.float32)
    weights.flags.writeable = False
    return weights
