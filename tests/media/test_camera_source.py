"""Cameras: a missing one, and one that goes away (a network camera whose server ends)."""

import os
import time

import cv2
import numpy as np
import pytest

from attention_mesh.media.camera_source import (
    CameraSettings,
    CameraSource,
    apply_settings,
    differences,
    given_settings,
)
from attention_mesh.media.errors import MediaError

FRAMES = 12  # frames that the fixture network_camera sends


def test_a_camera_that_is_not_there_is_an_error_that_names_it():
    with pytest.raises(MediaError, match="camera 97: it cannot be opened"):
        CameraSource(97)
    with pytest.raises(MediaError, match="/dev/video97"):
        CameraSource("/dev/video97")
    with pytest.raises(MediaError, match=r"/b\\udcff: the name is not UTF-8"):
        CameraSource(os.fsdecode(b"rtsp://192.0.2.7/b\xff"))


def test_a_camera_that_goes_away_gives_its_frames_and_then_an_error(network_camera):
    frames = []
    with CameraSource(network_camera) as source:
        assert source.live and source.length is None and source.size == (160, 120)
        with pytest.raises(MediaError, match=rf"no more pictures after {FRAMES} frames"):
            frames.extend(source)
    assert [frame.index for frame in frames] == list(range(FRAMES))
    reds = [frame.image[..., 0].mean() / 16 for frame in frames]
    np.testing.assert_allclose(reds, range(FRAMES), atol=0.3)  # JPEG's loss, in steps


def test_a_camera_hands_over_its_format_if_asked(network_camera):
    with CameraSource(network_camera, keeps_format=True) as source:
        first = next(iter(source))
    assert first.image.format == "bgr" and first.size == (160, 120)
    np.testing.assert_allclose(
        first.image.to_rgb()[..., 0].mean() / 16, 0, atol=0.3
    )  # as the first frame's red


def test_a_cameras_times_are_the_clocks_and_increase(network_camera):
    with CameraSource(network_camera) as source:
        stream = iter(source)
        start = time.monotonic()
        times = [next(stream).timestamp_us for _ in range(FRAMES)]
        elapsed_us = (time.monotonic() - start) * 1e6
    assert all(later > earlier for earlier, later in zip(times, times[1:], strict=False))
    assert 0 <= times[0] and times[-1] <= elapsed_us


class ObedientProperties:
    """The properties of a camera that takes every setting, because a test machine has no camera."""

    def __init__(self):
        self.calls = []

    def set(self, prop, value):
        self.calls.append((prop, value))
        return True

    def get(self, prop):
        return float(dict(self.calls).get(prop, 0))


def test_the_format_is_requested_before_the_size_and_the_size_before_the_rate():
    capture = ObedientProperties()
    apply_settings(capture, CameraSettings((1280, 720), 60.0, "MJPG"))
    assert [prop for prop, _ in capture.calls] == [
        *(cv2.CAP_PROP_FOURCC, cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT, cv2.CAP_PROP_FPS)
    ]
    assert given_settings(capture) == CameraSettings((1280, 720), 60.0, "MJPG")
    untouched = ObedientProperties()
    apply_settings(untouched, CameraSettings())
    assert untouched.calls == [] and given_settings(untouched) == CameraSettings()


def test_what_a_camera_gives_instead_is_said(network_camera):
    wanted = CameraSettings((1280, 720), 30.0, "MJPG")
    assert differences(wanted, CameraSettings((640, 480), 15.0, "YUYV")) == [
        "it gives 640x480 pictures instead of 1280x720",
        "it gives 15 frames per second instead of 30",
        "it gives the format YUYV instead of MJPG",
    ]
    assert differences(wanted, CameraSettings((1280, 720), 29.97, "MJPG")) == []
    assert differences(wanted, CameraSettings()) == []  # it does not say
    with CameraSource(network_camera, CameraSettings((1280, 720))) as source:  # which has one size
        assert source.size == (160, 120)
        assert source.notices == [f"{network_camera}: it gives 160x120 pictures instead of 1280x720"]
