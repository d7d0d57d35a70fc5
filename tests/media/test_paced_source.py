"""A film at its own pace."""

import threading
import time

import numpy as np
import pytest

from attention_mesh.media.frame import Frame
from attention_mesh.media.paced_source import PacedSource
from attention_mesh.media.virtual_camera_source import VirtualCameraSource


def camera(duration_s: float = 0.4, fps: float = 20) -> VirtualCameraSource:
    photo = np.zeros((64, 64, 3), np.uint8)
    return VirtualCameraSource(photo, duration_s=duration_s, fps=fps, size=(32, 32))


def test_no_frame_comes_before_its_time():
    start = time.monotonic()
    with PacedSource(camera()) as source:
        times = [(frame.timestamp_us / 1e6, time.monotonic() - start) for frame in source]
    assert len(times) == source.length == 8
    first = times[0][1]
    assert all(late - first >= film - 0.002 for film, late in times)
    assert times[-1][1] - first < times[-1][0] + 5  # s


def test_a_reader_that_is_slow_gets_every_frame_and_no_hurry():
    """After a pause of three intervals, the next frames still come one interval apart."""
    arrivals = []
    with PacedSource(camera()) as source:
        for index, _ in enumerate(source):
            arrivals.append(time.monotonic())
            if index == 2:
                time.sleep(0.15)
    assert len(arrivals) == 8
    assert all(interval > 0.05 - 0.01 for interval in np.diff(arrivals)[3:])


class LongGap(VirtualCameraSource):
    def __iter__(self):
        yield Frame(np.zeros((8, 8, 3), np.uint8), 0, 0, "")
        yield Frame(np.zeros((8, 8, 3), np.uint8), 3_600_000_000, 1, "")


def test_closing_ends_a_long_wait():
    source = PacedSource(LongGap(np.zeros((8, 8, 3), np.uint8), duration_s=1))
    threading.Timer(0.1, source.close).start()
    start = time.monotonic()
    assert len(list(source)) == 1
    assert time.monotonic() - start < 5  # s, not an hour


@pytest.mark.parametrize(
    "name", ["name", "size", "fps", "length", "live", "still", "failures", "notices", "sound"]
)
def test_it_is_described_as_its_source_is(name):
    inner = camera()
    assert getattr(PacedSource(inner), name) == getattr(inner, name)
