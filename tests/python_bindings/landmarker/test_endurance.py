"""Thousands of frames in one process: memory stays flat, and no thread is left behind."""

import multiprocessing
import threading
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest

from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
from attention_mesh.python_bindings.landmarker.face_landmarker_options import (
    FaceLandmarkerOptions,
    RunningMode,
)

psutil = pytest.importorskip("psutil", reason="psutil is in the dev extra")

from attention_mesh.tests.python_bindings.landmarker.endurance_run import endure, resident_mib  # noqa: E402

FRAMES = 6_000  # benchmarks/long_run.py takes a million
WARM_UP = 1_000
# What the allocators may still move after the warm-up. One leaked picture in a hundred frames would be
# 10 MiB, one leaked array of landmarks a frame 27 MiB.
SLACK_MIB = 8
# The same over 40 sessions, each of which makes and frees networks of 8 MiB: a leak of all would be 320 MiB.
SESSIONS_SLACK_MIB = 40


def moving_face(astronaut: np.ndarray) -> list[np.ndarray]:
    """A cycle of 100 frames, (120, 160, 3) uint8: the face wanders and is away for the last ten."""
    head = astronaut[40:160, 140:300]
    frames = [np.roll(head, round(12 * np.sin(2 * np.pi * index / 90)), axis=1) for index in range(90)]
    return frames + [np.zeros_like(head)] * 10


EVERYTHING = {
    "output_face_blendshapes": True,
    "output_facial_transformation_matrixes": True,
    "output_gaze": True,
    "output_blinks": True,
    "calibration_seconds": 1.0,
}


@pytest.mark.slow
def test_thousands_of_frames_leave_memory_flat_and_no_thread_behind(astronaut):
    frames = moving_face(astronaut)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        endured = process.submit(endure, frames, FRAMES, WARM_UP, EVERYTHING).result()
    assert endured.found > 0.85 * FRAMES
    assert endured.growth_mib < SLACK_MIB
    assert endured.threads == []


@pytest.mark.slow
def test_opening_and_closing_again_and_again_leaves_memory_flat_and_no_thread_behind(astronaut):
    """Live streams, whose worker and networks are made again each time."""
    frame = moving_face(astronaut)[0]
    threads = set(threading.enumerate())
    natives = psutil.Process().num_threads()

    def one_session():
        arrived = threading.Event()
        options = FaceLandmarkerOptions(
            running_mode=RunningMode.LIVE_STREAM,
            result_callback=lambda result, image, timestamp_ms: arrived.set(),
            detector="short",
            num_threads=1,
        )
        with FaceLandmarker(options) as landmarker:
            landmarker.detect_async(frame, 0)
            assert arrived.wait(timeout=120)

    for _ in range(10):
        one_session()
    before_mib = resident_mib()
    for _ in range(40):
        one_session()
    assert resident_mib() - before_mib < SESSIONS_SLACK_MIB
    assert set(threading.enumerate()) <= threads
    assert psutil.Process().num_threads() <= natives + 1  # the runtime may keep one for itself
