"""The properties of a video, known before its first frame."""

from dataclasses import dataclass


@dataclass(frozen=True)
class VideoHeader:
    """A packet that is sent once before a video's frames, at timestamp PreStream.

    Attributes:
      width, height: of the frames, in pixels.
      frame_rate: frames per second.
      duration_s: seconds; 0 if it is unknown.
      channels: of the frames: 1 gray, 3 RGB, 4 RGBA.
    """

    width: int
    height: int
    frame_rate: float
    duration_s: float = 0.0
    channels: int = 3
