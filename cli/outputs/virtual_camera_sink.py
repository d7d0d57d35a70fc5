"""Shows the pictures of a run in a virtual camera."""

from __future__ import annotations

import cv2

from attention_mesh.cli.outputs.frame_record import FrameRecord
from attention_mesh.media.virtual_camera import VirtualCamera


class VirtualCameraSink:
    """A RecordSink that shows each picture to other programs as a camera; the first decides its size.

    Args:
        device: file or name of the camera; None for the first one that is free.
        fps: the rate that is reported to other programs.
    """

    takes_pictures = True

    def __init__(self, device: str | None, fps: float) -> None:
        self.name = f"virtual camera {device}" if device else "virtual camera"
        self.written = 0
        self._device, self._fps = device, fps
        self._camera: VirtualCamera | None = None

    @property
    def begun(self) -> bool:
        """Whether there was a picture."""
        return self.written > 0

    def write(self, record: FrameRecord) -> None:
        """Shows `record.image`, if there is one. Raises what `VirtualCamera` raises."""
        image = record.image
        if image is None:
            return
        if image.ndim == 2 or image.shape[2] != 3:
            gray = image.ndim == 2 or image.shape[2] == 1
            image = cv2.cvtColor(image, cv2.COLOR_GRAY2RGB if gray else cv2.COLOR_RGBA2RGB)
        if self._camera is None:
            self._camera = VirtualCamera((image.shape[1], image.shape[0]), self._fps, self._device)
        self._camera.show(image)
        self.written += 1

    def close(self) -> None:
        """Frees the device. May be called twice."""
        if self._camera is not None:
            self._camera.close()

    def summary(self) -> str:
        """What was shown, for the user."""
        plural = "" if self.written == 1 else "s"
        return f"{self.name}: showed {self.written} picture{plural}"
