"""What a sink gets for one frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attention_mesh.python_bindings.landmarker.face_landmarker_result import FaceLandmarkerResult


@dataclass(frozen=True, slots=True)
class FrameRecord:
    """A frame after the graph.

    index, name, timestamp_us: those of the `Frame`.
    image: (H, W, 3) uint8 RGB as the graph drew it, None where it draws none.
    result: the faces, None where the graph puts out no landmarks.
    """

    index: int
    name: str
    timestamp_us: int
    image: np.ndarray | None = None
    result: FaceLandmarkerResult | None = None
