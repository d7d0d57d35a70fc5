"""Pictures for a virtual camera.

A machine that runs tests has no such device. So the library is the real one, and the device is a backend that
is registered with it, the way that its documentation describes.
"""

import sys
from pathlib import Path

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError
from attention_mesh.framework.testing import run_calculator

pyvirtualcam = pytest.importorskip("pyvirtualcam", reason="the extra `puppet` has it")
NAME = "VirtualCameraSinkCalculator"


class MemoryDevice:
    """A backend of pyvirtualcam that keeps what it is shown."""

    opened: list["MemoryDevice"] = []

    def __init__(self, *, width, height, fps, fourcc, device, **options):
        self.size, self.fps, self.fourcc, self.name = (width, height), fps, fourcc, device or "first one"
        self.frames: list[np.ndarray] = []
        self.is_closed = False
        MemoryDevice.opened.append(self)

    def close(self):
        self.is_closed = True

    def send(self, frame):
        self.frames.append(frame.reshape(self.size[1], self.size[0], 3).copy())

    def device(self):
        return self.name

    def native_fourcc(self):
        return None


@pytest.fixture
def devices(monkeypatch):
    from pyvirtualcam import camera

    monkeypatch.setattr(camera, "BACKENDS", {})
    pyvirtualcam.register_backend("memory", MemoryDevice)
    MemoryDevice.opened = []
    return MemoryDevice.opened


def pictures(*sizes: tuple[int, int]) -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    return [rng.integers(0, 255, (height, width, 3), np.uint8) for width, height in sizes]


def run(images, device: str, options=None):
    return run_calculator(NAME, {"IMAGE": [*enumerate(images)]}, {"DEVICE": device}, options)


def test_pictures_arrive_unchanged_in_rgb(devices):
    images = pictures((64, 48), (64, 48))
    run(images, "first", {"fps": 25.0})
    (device,) = devices
    assert device.size == (64, 48) and device.fps == 25 and device.is_closed
    assert device.fourcc == pyvirtualcam.camera.encode_fourcc(pyvirtualcam.PixelFormat.RGB.value)
    np.testing.assert_array_equal(device.frames, images)


def test_the_named_device_is_opened(devices):
    run(pictures((8, 8)), "OBS Virtual Camera")
    assert devices[0].name == "OBS Virtual Camera"


def test_a_picture_of_another_size_is_scaled_between_bars(devices):
    run([np.full((48, 64, 3), 200, np.uint8), np.full((96, 64, 3), 90, np.uint8)], "first")
    first, second = devices[0].frames
    assert (first == 200).all()
    assert (second[:, 16:48] == 90).all()  # 32 px wide, as high as the camera
    assert not second[:, :16].any() and not second[:, 48:].any()


def test_it_rests_without_a_device_name(devices):
    run(pictures((8, 8)), "")
    assert not devices


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or any(Path("/dev").glob("video*")),
    reason="this system may have a virtual camera",
)
@pytest.mark.parametrize("device", ["first", "/dev/video77"])
def test_without_a_device_the_error_says_how_to_get_one(device):
    with pytest.raises(CalculatorError, match="cannot be opened: .*; load the kernel module v4l2loopback"):
        run(pictures((64, 48)), device)


def test_a_rate_of_0_is_refused():
    with pytest.raises(Exception, match="fps is 0; expected more than 0"):
        run([], "first", {"fps": 0.0})
