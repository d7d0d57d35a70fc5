"""The three ways in which a landmarker is fed."""

from enum import Enum


class RunningMode(Enum):
    """How images reach a landmarker; the names and values of MediaPipe Tasks.

    IMAGE: unrelated photos, one `detect` call each; nothing is remembered between calls.
    VIDEO: decoded frames in order, one `detect_for_video` call each; faces are tracked and smoothed.
    LIVE_STREAM: a camera; `detect_async` returns at once and results arrive at a callback.
    """

    IMAGE = "IMAGE"
    VIDEO = "VIDEO"
    LIVE_STREAM = "LIVE_STREAM"
