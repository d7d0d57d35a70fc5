"""Landmarkers of videos and live streams for tests, and the threads of live streams."""

import threading

import numpy as np

from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
from attention_mesh.python_bindings.landmarker.face_landmarker_options import (
    FaceLandmarkerOptions,
    RunningMode,
)

LIVE_THREAD = "FaceLandmarker live stream"


def video(**options) -> FaceLandmarker:
    return FaceLandmarker(FaceLandmarkerOptions(running_mode=RunningMode.VIDEO, **options))


def live(callback, **options) -> FaceLandmarker:
    return FaceLandmarker(
        FaceLandmarkerOptions(running_mode=RunningMode.LIVE_STREAM, result_callback=callback, **options)
    )


def live_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == LIVE_THREAD]


def two_faces(astronaut: np.ndarray) -> np.ndarray:
    return np.concatenate([astronaut, astronaut[:, ::-1]], axis=1)
