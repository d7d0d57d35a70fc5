"""Frames from a camera."""

from __future__ import annotations

import time
from collections.abc import Iterator

import cv2

from attention_mesh.media.errors import MediaError
from attention_mesh.media.frame import Frame
from attention_mesh.media.opencv_path import opencv_path

# A driver may drop a frame. After this many failures in a row, or this long a silence, the camera is gone.
_MAX_FAILED_READS = 3
_MAX_SILENCE_S = 2.0


class CameraSource:
    """Yields the frames of a camera as they arrive.

    Timestamps are those of a monotonic clock, in µs since the first frame was requested. `length` is None,
    because the stream ends when the caller stops. The attributes are those of `VideoSource`.

    Opening raises MediaError if there is no such camera. Iterating raises it, after the last good frame, if
    the camera delivers no more frames because it was unplugged or the stream ended.

    Args:
      device: the camera's number as OpenCV counts them (0 is the first), or a device file such as
        ``/dev/video2``.
      size: (width, height) px to request. The camera may choose another size, which is in `self.size`.
    """

    live = True
    sound = None
    still = False
    length = None

    def __init__(self, device: int | str, size: tuple[int, int] | None = None) -> None:
        self.device = device
        self.name = f"camera {device}" if isinstance(device, int) else device
        self.failures: list[str] = []
        self.notices: list[str] = []
        self._capture = (
            cv2.VideoCapture(device) if isinstance(device, int) else cv2.VideoCapture(opencv_path(device))
        )
        if not self._capture.isOpened():
            raise MediaError(
                f"{self.name}: it cannot be opened. Is it connected, is its number right, may this user "
                "read it, does another program hold it?"
            )
        if size is not None:
            self._capture.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
            self._capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
        # One buffered frame, if the driver allows it, because an old picture is useless here.
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        self.fps: float | None = float(fps) if 0 < fps < 1000 else None
        width, height = (
            int(self._capture.get(prop)) for prop in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)
        )
        self.size: tuple[int, int] | None = (width, height) if width > 0 and height > 0 else None

    def __iter__(self) -> Iterator[Frame]:
        start = last_good = time.monotonic()
        index, last_us, failed = 0, -1, 0
        while self._capture.isOpened():
            ok, image = self._capture.read()
            now = time.monotonic()
            if not ok or image is None or image.size == 0:
                failed += 1
                if failed >= _MAX_FAILED_READS or now - last_good > _MAX_SILENCE_S:
                    raise MediaError(self._silence(index))
                continue
            failed, last_good = 0, now
            last_us = max(last_us + 1, round((now - start) * 1e6))
            yield Frame(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), last_us, index, f"frame_{index:06d}")
            index += 1

    def _silence(self, count: int) -> str:
        if count == 0:
            return f"{self.name}: it was opened but delivers no picture."
        return f"{self.name}: no more pictures after {count} frames; it was unplugged, or the stream ended."

    def close(self) -> None:
        """Frees the camera. May be called twice."""
        self._capture.release()

    def __enter__(self) -> CameraSource:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
