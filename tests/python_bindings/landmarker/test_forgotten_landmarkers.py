"""Forgotten landmarkers: those in reference cycles give back threads and memory before others take more."""

from __future__ import annotations

import gc
import sys

import pytest

from attention_mesh.python_bindings.landmarker.forgotten_landmarkers import LandmarkerCount
from attention_mesh.tests.limited_process import run_program


class Cycle:
    """What only the garbage collector frees."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collections(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A 1 for each run of the collector; it runs only if it is asked."""
    runs: list[int] = []
    collect = gc.collect
    collect()
    gc.freeze()  # objects of other tests, which would take time
    monkeypatch.setattr(gc, "collect", lambda: runs.append(1) or collect())
    yield runs
    gc.unfreeze()


def test_forgotten_cycles_are_collected_before_they_are_many(collections: list[int]) -> None:
    count = LandmarkerCount(few=3)
    for _ in range(40):
        count.add(Cycle())

        assert len(count) <= 6

    assert len(collections) <= 40 / 3


def test_many_landmarkers_that_are_in_use_cost_few_collections(collections: list[int]) -> None:
    count = LandmarkerCount(few=3)
    kept = [Cycle() for _ in range(500)]
    for thing in kept:
        count.add(thing)

    assert len(count) == 500
    assert len(collections) <= 8, "as often as three doubles to 500"


def test_closed_landmarkers_do_not_count(collections: list[int]) -> None:
    count = LandmarkerCount(few=3)
    kept = [Cycle() for _ in range(50)]
    for thing in kept:
        count.add(thing)
        count.remove(thing)

    assert not collections


def test_a_program_that_runs_without_the_collector_keeps_it_off(collections: list[int]) -> None:
    count = LandmarkerCount(few=3)
    gc.disable()
    try:
        for _ in range(10):
            count.add(Cycle())
    finally:
        gc.enable()

    assert not collections


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of the process as Linux shows it")
def test_dropped_live_streams_leave_neither_threads_nor_memory() -> None:
    """4 s: 16 landmarkers whose callback is a method of their owner, and no close."""
    printed = run_program(
        """
import threading, time
import numpy as np
from attention_mesh import FaceLandmarker, FaceLandmarkerOptions, RunningMode

class App:
    def __init__(self):
        self.landmarker = FaceLandmarker(FaceLandmarkerOptions(
            running_mode=RunningMode.LIVE_STREAM, weights="open", result_callback=self.take))
        self.landmarker.detect_async(np.zeros((480, 640, 3), np.uint8), 1)
        self.landmarker._worker.finish()

    def take(self, result, image, timestamp_ms):
        self.newest = image

def megabytes():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6

for _ in range(4):
    App()
before = megabytes()
threads = []
for _ in range(12):
    App()
    threads.append(threading.active_count())
print(max(threads), megabytes() - before)
"""
    )

    threads, more = (float(part) for part in printed.split())
    assert threads <= 1 + 7, "the main thread, and those of few that the collector has not seen"
    assert more < 120, f"MB; 12 landmarkers have 400 to 900, and these took {more:.0f}"
