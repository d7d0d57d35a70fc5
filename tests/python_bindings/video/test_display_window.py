"""Windows where there is no display: an error, not the end of the process."""

import sys

import pytest

from attention_mesh.python_bindings.video.display_window import DisplayWindow
from attention_mesh.python_bindings.video.sink_error import SinkError

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="displays are X11's or Wayland's"
)


def test_no_display_is_an_error(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(SinkError, match="no display"):
        DisplayWindow("test")


def test_a_display_that_does_not_answer_is_an_error(monkeypatch):
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":97")
    with pytest.raises(SinkError, match=":97"):
        DisplayWindow("test")
