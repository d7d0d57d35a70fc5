"""A window that shows pictures."""

from __future__ import annotations

import os
import subprocess
import sys

import cv2
import numpy as np

from attention_mesh.media.errors import MediaError

_QUIT_KEYS = (27, ord("q"))
_PROBE = "import cv2; cv2.namedWindow('probe'); cv2.destroyAllWindows()"


def display_is_there() -> bool:
    """Whether this session has a display. It may still refuse a window, which `DisplayWindow` finds out."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


class DisplayWindow:
    """Shows pictures in a window; only the main thread may use it.

    Raises MediaError if there is no display, or if OpenCV was built without windows.
    """

    def __init__(self, title: str) -> None:
        # OpenCV takes only UTF-8, and a file's name may be something else.
        self._title = title.encode("utf-8", "backslashreplace").decode("utf-8")
        self._check_display()
        try:
            cv2.namedWindow(self._title, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO)
        except cv2.error as error:
            raise MediaError(
                "No window can be shown: this OpenCV was built without windows (opencv-python-headless?). "
                "Write to a file instead."
            ) from error
        self._sized = False

    @staticmethod
    def _check_display() -> None:
        if not display_is_there():
            raise MediaError(
                "No window can be shown: there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set). "
                "Write to a file instead."
            )
        if not sys.platform.startswith("linux"):
            return
        # If the display refuses, Qt ends the whole process, so a child process tries first.
        probe = subprocess.run([sys.executable, "-c", _PROBE], capture_output=True, check=False)
        if probe.returncode != 0:
            where = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
            raise MediaError(
                f"No window can be shown: the display {where} does not answer. Write to a file instead."
            )

    def show(self, image: np.ndarray, wait_ms: int = 1) -> bool:
        """Shows (H, W, 3) uint8 RGB; returns false if the user closed the window or pressed q or Esc.

        `wait_ms`: how long to wait for a key, in ms; 0 waits until one is pressed.
        """
        if not self._sized:
            cv2.resizeWindow(self._title, image.shape[1], image.shape[0])
            self._sized = True
        cv2.imshow(self._title, cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
        if cv2.waitKey(wait_ms) & 0xFF in _QUIT_KEYS:
            return False
        return cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) >= 1

    def close(self) -> None:
        """Closes the window. May be called twice."""
        cv2.destroyAllWindows()
