"""VirtualCameraSink: pictures of a run for a virtual camera.

A machine that runs tests has no such device. So the library is the real one, and the device is a backend that
is registered with it, the way that its documentation describes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from attention_mesh.cli.outputs.frame_record import FrameRecord
from attention_mesh.cli.outputs.virtual_camera_sink import VirtualCameraSink

pyvirtualcam = pytest.importorskip("pyvirtualcam", reason="the extra `puppet` has it")


class MemoryDevice:
    """A backend of pyvirtualcam that keeps what it is shown."""

    opened: list[MemoryDevice] = []

    def __init__(self, *, width: int, height: int, fps: float, device: str | None, **options: Any) -> None:
        self.size, self.fps, self.name = (width, height), fps, device or "first one"
        self.frames: list[np.ndarray] = []
        self.is_closed = False
        MemoryDevice.opened.append(self)

    def close(self) -> None:
        self.is_closed = True

    def send(self, frame: np.ndarray) -> None:
        self.frames.append(frame.reshape(self.size[1], self.size[0], 3).copy())

    def device(self) -> str:
        return self.name

    def native_fourcc(self) -> None:
        return None


@pytest.fixture
def devices(monkeypatch: pytest.MonkeyPatch) -> list[MemoryDevice]:
    from pyvirtualcam import camera

    monkeypatch.setattr(camera, "BACKENDS", {})
    pyvirtualcam.register_backend("memory", MemoryDevice)
    MemoryDevice.opened = []
    return MemoryDevice.opened


def test_pictures_are_shown_with_the_rate_of_the_run(devices: list[MemoryDevice]) -> None:
    pictures = np.random.default_rng(1).integers(0, 256, (2, 24, 32, 3), np.uint8)
    sink = VirtualCameraSink("/dev/video7", 25.0)
    sink.write(FrameRecord(0, "a", 0))  # without a picture
    assert not devices and not sink.begun
    for index, picture in enumerate(pictures, start=1):
        sink.write(FrameRecord(index, "b", 40_000 * index, picture))
    sink.close()
    sink.close()
    (device,) = devices
    assert (device.size, device.fps, device.name, device.is_closed) == ((32, 24), 25, "/dev/video7", True)
    np.testing.assert_array_equal(device.frames, pictures)
    assert sink.begun and sink.summary() == "virtual camera /dev/video7: showed 2 pictures"


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 1), (8, 8, 4)], ids=["gray", "one channel", "alpha"])
def test_pictures_of_any_graph_are_shown_as_rgb(devices: list[MemoryDevice], shape: tuple[int, ...]) -> None:
    sink = VirtualCameraSink(None, 30.0)
    sink.write(FrameRecord(0, "a", 0, np.full(shape, 90, np.uint8)))
    (device,) = devices
    assert device.name == "first one" and (device.frames[0] == 90).all()
