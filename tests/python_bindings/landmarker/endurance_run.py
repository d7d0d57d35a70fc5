"""A long run of a landmarker over a video, for a process of its own, free of leftovers of other tests."""

from __future__ import annotations

import gc
import threading
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import psutil

from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
from attention_mesh.python_bindings.landmarker.face_landmarker_options import (
    FaceLandmarkerOptions,
    RunningMode,
)


class Endured(NamedTuple):
    """What a run did.

    Attributes:
      found: number of faces in all frames.
      growth_mib: what the process's resident memory grew by after the warm-up.
      threads: names of the threads that it left behind.
    """

    found: int
    growth_mib: float
    threads: list[str]


def resident_mib() -> float:
    gc.collect()
    return psutil.Process().memory_info().rss / 2**20


def endure(frames: Sequence[np.ndarray], count: int, warm_up: int, asked: dict[str, Any]) -> Endured:
    """Measures `count` frames, `frames` again and again, with these options."""
    threads = set(threading.enumerate())
    found, before_mib = 0, 0.0
    options = FaceLandmarkerOptions(running_mode=RunningMode.VIDEO, num_threads=1, **asked)
    with FaceLandmarker(options) as landmarker:
        for index in range(count):
            found += len(landmarker.detect_for_video(frames[index % len(frames)], 33 * index))
            if index == warm_up:
                before_mib = resident_mib()
        growth_mib = resident_mib() - before_mib
    left = [thread.name for thread in threading.enumerate() if thread not in threads]
    return Endured(found, growth_mib, left)
