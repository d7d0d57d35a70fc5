"""A virtual camera: pictures that other programs see as those of a camera."""

from __future__ import annotations

import sys

import cv2
import numpy as np

from attention_mesh.extras import MissingExtraError, install_command
from attention_mesh.media.errors import MediaError

_HINTS = {
    "linux": "load the kernel module v4l2loopback: sudo modprobe v4l2loopback exclusive_caps=1",
    "darwin": "install OBS Studio and start its virtual camera once",
    "win32": "install OBS Studio, or Unity Capture",
}


class VirtualCamera:
    """Shows pictures to other programs as a camera, through pyvirtualcam.

    On Linux the device is one of v4l2loopback, on macOS and Windows that of OBS Studio; on Windows it may be
    that of Unity Capture, too.

    Args:
      size: (width, height) px of all its pictures.
      fps: the rate that is reported to other programs.
      device: "/dev/video2" or a name; None for the first one that is free.

    Raises:
      MediaError: there is no such device; the text says how to get one.
      ImportError: pyvirtualcam is not installed; the text names the extra.
    """

    def __init__(self, size: tuple[int, int], fps: float, device: str | None = None) -> None:
        try:
            import pyvirtualcam
        except ImportError as error:
            raise MissingExtraError(
                f"a virtual camera needs pyvirtualcam, which is not installed: {install_command('puppet')}"
            ) from error
        self._size = size
        try:
            self._camera = pyvirtualcam.Camera(*size, fps, device=device)
        except (RuntimeError, OSError, ValueError) as error:
            hint = next((text for system, text in _HINTS.items() if sys.platform.startswith(system)), "")
            reason = " ".join(str(error).split()).rstrip(".")
            raise MediaError(
                f"The virtual camera{f' {device}' if device else ''} cannot be opened: {reason}; {hint}."
            ) from error

    @property
    def device(self) -> str:
        """The device file or name under which other programs find it."""
        return str(self._camera.device)

    def show(self, image: np.ndarray) -> None:
        """Shows a picture, (H, W, 3) uint8 RGB. One of another size is scaled, with bars beside it.

        Raises MediaError if the device does not take it.
        """
        try:
            self._camera.send(_fitted(image, self._size))
        except (RuntimeError, OSError) as error:
            raise MediaError(f"The virtual camera {self.device}: {error}") from error

    def close(self) -> None:
        """Frees the device. May be called twice."""
        self._camera.close()


def _fitted(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    height, width = image.shape[:2]
    if (width, height) == size:
        return np.ascontiguousarray(image)
    scale = min(size[0] / width, size[1] / height)
    inner = (max(round(width * scale), 1), max(round(height * scale), 1))
    fitted = np.zeros((size[1], size[0], 3), np.uint8)
    left, top = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    fitted[top : top + inner[1], left : left + inner[0]] = cv2.resize(image, inner, interpolation=method)
    return fitted
