"""Opens a film or photo that a program has open as a file, wherever its bytes lie."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from attention_mesh.limits import MAX_FILE_BYTES
from attention_mesh.media.animated_webp_source import AnimatedWebpSource
from attention_mesh.media.errors import MediaError
from attention_mesh.media.film_input import FilmInput
from attention_mesh.media.frame import Frame
from attention_mesh.media.image_file import image_of_content
from attention_mesh.media.image_format import HEAD_BYTES, format_of_content, has_frames, is_image_path
from attention_mesh.media.more_pictures import more_in_content
from attention_mesh.media.video_file_source import VideoFileSource
from attention_mesh.media.video_source import VideoSource


def open_file(name: str, file: BinaryIO, film_channels: int = 3) -> VideoSource:
    """Opens a film or photo; its content decides which it is.

    A photo is read whole. A film is read in parts, with jumps, while its frames are taken; what it names,
    such as the parts of a playlist, is not opened.

    Args:
      name: what messages call it; its suffix counts if the content is of an unknown format.
      file: it can be read and can jump, from the beginning; closed with the source, and on an error.
      film_channels: see `open_source`.

    Raises:
      MediaError: it is neither, or cannot be read.
    """
    try:
        head = file.read(HEAD_BYTES)
        photo = format_of_content(head, name)
        content = b""
        if photo is not None or is_image_path(name):
            content = head + file.read(MAX_FILE_BYTES - len(head) + 1)
        file.seek(0)
    except (OSError, MemoryError) as error:
        file.close()
        raise MediaError(
            f"{name}: it cannot be read: {getattr(error, 'strerror', None) or error}."
        ) from error
    if len(content) > MAX_FILE_BYTES:
        file.close()
        raise MediaError(f"{name}: the photo has more than the {MAX_FILE_BYTES} bytes that are read.")
    if not content or (photo is not None and photo != "WebP" and has_frames(photo, content)):
        return VideoFileSource(name, FilmInput(name, file), film_channels)
    file.close()
    if photo is not None and has_frames(photo, content):
        return AnimatedWebpSource(name, content)
    return _OnePhoto(name, content)


class _OnePhoto:
    """The photo in the content of a file. The attributes are those of `VideoSource`."""

    live = False
    still = True
    fps = None
    size = None
    sound = None
    length = 1

    def __init__(self, name: str, content: bytes) -> None:
        self.name = name
        self.failures: list[str] = []
        self.notices: list[str] = []
        self._content = content

    def __iter__(self) -> Iterator[Frame]:
        try:
            image = image_of_content(self._content, self.name)
        except MediaError as error:
            self.failures.append(str(error))
            return
        if more := more_in_content(self._content):
            self.notices.append(f"{self.name}: {more}")
        yield Frame(image, 0, 0, self.name)

    def close(self) -> None:
        self._content = b""

    def __enter__(self) -> _OnePhoto:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
