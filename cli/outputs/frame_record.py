"""The record of one frame: what a graph put out for it, ready to be written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from attention_mesh.media.frame import Frame
from attention_mesh.python_bindings.landmarker.face_landmarker_result import FaceLandmarkerResult


@dataclass(frozen=True, slots=True)
class FrameRecord:
    """A frame after the graph.

    Attributes:
      index, name, timestamp_us: those of the `Frame` that went in.
      image: the picture that the graph drew, None if it draws none; (H, W, 3) uint8 RGB, or what a user's own
        graph puts out: (H, W) gray or (H, W, 4) RGBA uint8.
      result: the faces, None if the graph puts out no landmarks.
      size: (width, height) px of the frame that went in; None if it is unknown.
      frame: the frame that went in, an array as `Frame.image` says; None if it is unknown or none.
      values: what else a user's graph puts out, by the name of the stream; see `ValueColumns`.
    """

    index: int
    name: str
    timestamp_us: int
    image: np.ndarray | None = None
    result: FaceLandmarkerResult | None = None
    size: tuple[int, int] | None = None
    frame: np.ndarray | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def picture(self) -> Frame | None:
        """`image` as a frame with the name and time of this one."""
        return None if self.image is None else Frame(self.image, self.timestamp_us, self.index, self.name)
