"""Frames from a camera."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from attention_mesh.media.errors import MediaError
from attention_mesh.media.frame import Frame
from attention_mesh.media.opencv_path import opencv_path
from attention_mesh.media.raw_picture import RawPicture

# A driver may drop a frame. After this many failures in a row, or this long a silence, the camera is gone.
_MAX_FAILED_READS = 3
_MAX_SILENCE_S = 2.0
_FORMAT_LENGTH = 4
_FPS_SLACK = 0.5  # drivers round


@dataclass(frozen=True)
class CameraSettings:
    """What is requested of a camera, which may give something else; None for what the driver chooses.

    Attributes:
      size: (width, height) px.
      fps: frames per second.
      format: code of the pixel format, four characters such as "MJPG", which lets a USB camera send large
        pictures faster.
    """

    size: tuple[int, int] | None = None
    fps: float | None = None
    format: str | None = None

    def __post_init__(self) -> None:
        if self.format is not None and len(self.format) != _FORMAT_LENGTH:
            raise ValueError(f'the format "{self.format}" is not four characters, such as MJPG')

    def __bool__(self) -> bool:
        return (self.size, self.fps, self.format) != (None, None, None)


DRIVERS_CHOICE = CameraSettings()


class CameraSource:
    """Yields the frames of a camera as they arrive.

    Timestamps are those of a monotonic clock, in µs since the first frame was requested. `length` is None,
    because the stream ends when the caller stops. The attributes are those of `VideoSource`.

    Opening raises MediaError if there is no such camera. Iterating raises it, after the last good frame, if
    the camera delivers no more frames because it was unplugged or the stream ended.

    Args:
      device: the camera's number as OpenCV counts them (0 is the first), or a device file such as
        ``/dev/video2``.
      settings: what to request. If the camera gives something else, `notices` says what; its size is in
        `self.size`.
      keeps_format: whether frames are `RawPicture`s in the format that OpenCV gives, "bgr".
    """

    live = True
    sound = None
    still = False
    length = None

    def __init__(
        self, device: int | str, settings: CameraSettings = DRIVERS_CHOICE, keeps_format: bool = False
    ) -> None:
        self.device = device
        self._keeps_format = keeps_format
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
        apply_settings(self._capture, settings)
        # One buffered frame, if the driver allows it, because an old picture is useless here.
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        given = given_settings(self._capture)
        self.fps: float | None = given.fps
        self.size: tuple[int, int] | None = given.size
        self.notices += [f"{self.name}: {text}" for text in differences(settings, given)]

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
            if self._keeps_format:
                picture: RawPicture | np.ndarray = RawPicture.from_array(image, "bgr")
            else:
                picture = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
            yield Frame(picture, last_us, index, f"frame_{index:06d}")
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


class CaptureProperties(Protocol):
    """The properties of an opened camera, as `cv2.VideoCapture` has them: numbers by OpenCV's CAP_PROP_…"""

    def get(self, prop: int, /) -> float: ...

    def set(self, prop: int, value: float, /) -> bool: ...


def apply_settings(capture: CaptureProperties, settings: CameraSettings) -> None:
    """Requests a format, size and rate, in this order, because drivers offer sizes and rates per format."""
    if settings.format is not None:
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*settings.format))
    if settings.size is not None:
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, settings.size[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, settings.size[1])
    if settings.fps is not None:
        capture.set(cv2.CAP_PROP_FPS, settings.fps)


def given_settings(capture: CaptureProperties) -> CameraSettings:
    """What a camera really gives; None for what it does not say."""
    width, height = (int(capture.get(prop)) for prop in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
    fps = float(capture.get(cv2.CAP_PROP_FPS))
    code = int(capture.get(cv2.CAP_PROP_FOURCC))
    letters = bytes(code >> shift & 0xFF for shift in (0, 8, 16, 24)) if code > 0 else b""
    return CameraSettings(
        (width, height) if width > 0 and height > 0 else None,
        fps if 0 < fps < 1000 else None,
        letters.decode("ascii") if letters.isalnum() else None,
    )


def differences(wanted: CameraSettings, given: CameraSettings) -> list[str]:
    """Says what a camera gives instead of what was wanted; empty if it obeys or does not say."""
    texts = []
    if wanted.size is not None and given.size is not None and wanted.size != given.size:
        texts.append("it gives {}x{} pictures instead of {}x{}".format(*given.size, *wanted.size))
    if wanted.fps is not None and given.fps is not None and abs(wanted.fps - given.fps) > _FPS_SLACK:
        texts.append(f"it gives {given.fps:g} frames per second instead of {wanted.fps:g}")
    if wanted.format is not None and given.format is not None and wanted.format != given.format:
        texts.append(f"it gives the format {given.format} instead of {wanted.format}")
    return texts
