"""What is known of a video before its frames."""

from dataclasses import dataclass


@dataclass(frozen=True)
class VideoHeader:
    """Sent once in front of a video's frames, at timestamp PreStream.

    width, height: pixels. frame_rate: frames a second. duration_s: seconds, 0 where not known.
    channels: of the frames: 1 grey, 3 RGB, 4 RGBA.
    """

    width: int
    height: int
    frame_rate: float
    duration_s: float = 0.0
    channels: int = 3
