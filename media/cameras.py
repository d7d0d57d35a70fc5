"""The cameras of this machine: their numbers, names and device files."""

from __future__ import annotations

import os
import re
import struct
import sys
from dataclasses import dataclass
from pathlib import Path

import cv2

from attention_mesh.media.errors import MediaError

_SYSFS = Path("/sys/class/video4linux")
_DEVICES = Path("/dev")
_MOST_NUMBERS = 10  # that are tried on systems without a list
# V4L2: the request VIDIOC_QUERYCAP, its struct v4l2_capability, and the flags in it.
_QUERY_CAPABILITIES = 0x80685600
_CAPABILITY = struct.Struct("16s32s32s6I")
_CAN_CAPTURE, _HAS_DEVICE_FLAGS = 0x00000001 | 0x00001000, 0x80000000


@dataclass(frozen=True)
class Camera:
    """A camera.

    Attributes:
      number: as OpenCV counts them, and as the option --input takes it.
      name: that the camera or its driver gives; "camera 0" if the system has no names.
      device: its device file; None on systems without.
    """

    number: int
    name: str
    device: Path | None = None


def list_cameras(sysfs: Path = _SYSFS, devices: Path = _DEVICES) -> list[Camera]:
    """The cameras of this machine, by number.

    On Linux, the system's list names them, and none begins to film; nodes that only carry metadata are left
    out. On other systems, the first numbers are tried, which turns on a camera for a moment.

    Args:
      sysfs: folder in which Linux lists video devices.
      devices: folder of the device files.
    """
    if sys.platform.startswith("linux"):
        return _listed(sysfs, devices)
    return [Camera(number, f"camera {number}") for number in range(_MOST_NUMBERS) if _opens(number)]


def _listed(sysfs: Path, devices: Path) -> list[Camera]:
    cameras = []
    for entry in sysfs.iterdir() if sysfs.is_dir() else ():
        match = re.fullmatch(r"video(\d+)", entry.name)
        if match is None or not _captures(devices / entry.name, _text(entry / "index")):
            continue
        number = int(match[1])
        cameras.append(Camera(number, _text(entry / "name") or f"camera {number}", devices / entry.name))
    return sorted(cameras, key=lambda camera: camera.number)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace").strip()
    except OSError:
        return ""


def _captures(device: Path, index: str) -> bool:
    """Whether a device delivers pictures. If it cannot be asked, a camera's first node does."""
    import fcntl

    try:
        descriptor = os.open(device, os.O_RDWR | os.O_NONBLOCK)
    except OSError:
        return index in ("", "0")
    try:
        answer = fcntl.ioctl(descriptor, _QUERY_CAPABILITIES, bytes(_CAPABILITY.size))
        return _can_capture(answer)
    except OSError:  # no device of V4L2
        return index in ("", "0")
    finally:
        os.close(descriptor)


def _can_capture(answer: bytes) -> bool:
    """Reads the struct v4l2_capability: whether the flags of this node, else of the whole device, say so."""
    _, _, _, _, capabilities, device_flags, *_ = _CAPABILITY.unpack(answer)
    flags = device_flags if capabilities & _HAS_DEVICE_FLAGS else capabilities
    return bool(flags & _CAN_CAPTURE)


def _opens(number: int) -> bool:
    capture = cv2.VideoCapture(number)
    try:
        return bool(capture.isOpened())
    finally:
        capture.release()


def find_camera(text: str, cameras: list[Camera]) -> Camera | None:
    """The camera with a name; upper and lower case are the same, and a part of the name is enough.

    None if no camera has such a name. Raises MediaError if several have.
    """
    wanted = text.casefold().strip()
    if not wanted:
        return None
    found = [camera for camera in cameras if camera.name.casefold() == wanted]
    found = found or [camera for camera in cameras if wanted in camera.name.casefold()]
    if len(found) > 1:
        names = ", ".join(f"{camera.number} ({camera.name})" for camera in found)
        raise MediaError(f"{text}: several cameras have this name; give a number: {names}.")
    return found[0] if found else None
