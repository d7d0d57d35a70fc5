"""Windows: without a display, there is an error instead of the end of the process."""

import os
import subprocess
import sys

import pytest

from attention_mesh.media.display_window import DisplayWindow
from attention_mesh.media.errors import MediaError

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="displays are X11's or Wayland's"
)


def test_no_display_is_an_error(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(MediaError, match="no display"):
        DisplayWindow("test")


def test_a_display_that_does_not_answer_is_an_error(monkeypatch):
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":97")
    with pytest.raises(MediaError, match=":97"):
        DisplayWindow("test")


def test_a_picture_is_shown_until_the_window_is_closed(display):
    """In a separate process, because Qt keeps the first display it finds."""
    program = """
import cv2, numpy
from attention_mesh.media.display_window import DisplayWindow
TITLE = r"test\\udcff"
window = DisplayWindow("test\\udcff")  # a name that is not UTF-8
picture = numpy.full((240, 320, 3), (200, 100, 0), numpy.uint8)
print(window.show(picture), window.show(picture, wait_ms=50), cv2.getWindowImageRect(TITLE)[2] > 0)
cv2.destroyWindow(TITLE)
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"DISPLAY": display},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.split() == ["True", "True", "True"], done.stderr
