"""Opens the source of frames that a text names."""

from __future__ import annotations

from pathlib import Path

from attention_mesh.media.film_input import is_url
from attention_mesh.media.image_file import is_image_path
from attention_mesh.media.video_source import VideoSource

# JPEG, PNG, BMP, TIFF in both byte orders, JPEG 2000, PPM and PGM. WebP has its name further behind.
_IMAGE_BEGINNINGS = (
    *(b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", b"II*\0", b"MM\0*"),
    *(b"\0\0\0\x0cjP  ", b"P5", b"P6"),
)


def open_source(text: str) -> VideoSource:
    """Opens a camera by its number ("0") or device file, a URL, a folder, an image or a film.

    What a URL leads to decides whether it is a film, which is read whole, or a live stream. The suffix of a
    file decides whether it is an image or a film; without a suffix, its first bytes do.

    Raises MediaError if it cannot be opened.
    """
    if text.isdecimal():
        from attention_mesh.media.camera_source import CameraSource

        return CameraSource(int(text))
    if text.startswith("/dev/video"):
        from attention_mesh.media.camera_source import CameraSource

        return CameraSource(text)
    if is_url(text):
        from attention_mesh.media.video_file_source import open_film

        return open_film(text)
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
        with path.open("rb") as file:
            head = file.read(12)
    except OSError:  # opening it as a film reports the error
        return False
    return head.startswith(_IMAGE_BEGINNINGS) or (head[:4] == b"RIFF" and head[8:] == b"WEBP")
