"""Opens the source of frames that a text names."""

from __future__ import annotations

import re
from pathlib import Path

import cv2

from attention_mesh.media.errors import MediaError
from attention_mesh.media.image_file import is_image_path
from attention_mesh.media.opencv_path import opencv_path
from attention_mesh.media.video_source import VideoSource

_STREAM = re.compile(r"(rtsp|rtsps|rtmp|http|https|udp|tcp|srt)://", re.IGNORECASE)


def open_source(text: str) -> VideoSource:
    """Opens a camera by its number ("0") or device file, a stream by its URL, a folder, an image or a video.

    The suffix decides whether a file is an image or a video; without a suffix, its first bytes do.

    Raises MediaError if it cannot be opened.
    """
    if text.isdecimal():
        from attention_mesh.media.camera_source import CameraSource

        return CameraSource(int(text))
    if _STREAM.match(text) or text.startswith("/dev/video"):
        from attention_mesh.media.camera_source import CameraSource

        return CameraSource(text)
    if is_image_path(text) or Path(text).is_dir() or _is_unnamed_image(Path(text)):
        from attention_mesh.media.image_folder_source import ImageFolderSource

        return ImageFolderSource(text)
    from attention_mesh.media.video_file_source import VideoFileSource

    return VideoFileSource(text)


def _is_unnamed_image(path: Path) -> bool:
    """Whether a file has no suffix and the first bytes of an image."""
    if path.suffix or not path.is_file():
        return False
    try:
        return cv2.haveImageReader(opencv_path(path))
    except MediaError:  # opening it as a video reports the error
        return False
