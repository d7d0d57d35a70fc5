"""The 68-point annotation of photo collections, on the face mesh (data: landmarks_68.json)."""

import json
from functools import cache
from pathlib import Path

import numpy as np


@cache
def landmarks_68() -> np.ndarray:
    """(68,) int32, read-only: the face-mesh landmark at each annotated point, −1 where there is none."""
    document = json.loads(Path(__file__).with_name("landmarks_68.json").read_text(encoding="utf-8"))
    table = np.array(document["landmarks"], np.int32)
    table.flags.writeable = False
    return table
