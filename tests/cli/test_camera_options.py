"""The options of a camera, as texts."""

import pytest

from attention_mesh.cli.camera_options import camera_settings
from attention_mesh.cli.errors import UsageError
from attention_mesh.media.camera_source import CameraSettings


@pytest.mark.parametrize("text", ["1280x720", "1280X720", "1280×720", " 1280 x 720 ", "1280,720"])
def test_a_size_is_width_and_height(text):
    assert camera_settings(text, None, None) == CameraSettings((1280, 720))


def test_what_is_not_given_is_left_to_the_camera():
    assert not camera_settings(None, None, None)
    assert camera_settings(None, 60.0, "MJPG") == CameraSettings(None, 60.0, "MJPG")


@pytest.mark.parametrize("text", ["", "1280", "0x720", "1280x0", "720p", "1280x720x3", "-1x5"])
def test_another_size_is_refused(text):
    with pytest.raises(UsageError, match="--camera-size .*such as 1280x720"):
        camera_settings(text, None, None)


@pytest.mark.parametrize("text", ["", "MJPEG", "MJP", "МJPG"])
def test_another_format_is_refused(text):
    with pytest.raises(UsageError, match="--camera-format .*such as MJPG"):
        camera_settings(None, None, text)
