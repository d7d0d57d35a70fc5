"""Frames as the bytes of image files, for graphs that decode them themselves."""

from __future__ import annotations

import cv2

from attention_mesh.limits import read_file
from attention_mesh.media.errors import MediaError
from attention_mesh.media.frame import Frame
from attention_mesh.media.video_source import VideoSource


def encoded_frame(source: VideoSource, frame: Frame) -> bytes:
    """The image file of a frame.

    Args:
      source: where the frame comes from. A photo is the file as it is, with all that the camera wrote into
        it. The frame of a film is a PNG file.
      frame: its image is (H, W, 3) uint8 RGB.

    Raises:
      MediaError: the photo cannot be read again.
    """
    from attention_mesh.media.image_folder_source import ImageFolderSource  # here: few graphs need it

    if isinstance(source, ImageFolderSource):
        file = source.files[frame.index]
        try:
            return read_file(file)
        except OSError as error:
            raise MediaError(f"{file}: {error.strerror or error}.") from error
    bgr = cv2.cvtColor(frame.image, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".png", bgr)[1].tobytes()
