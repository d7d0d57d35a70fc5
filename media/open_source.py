"""Opens the source of frames that a text names."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from attention_mesh.media.camera_source import DRIVERS_CHOICE, CameraSettings
from attention_mesh.media.errors import MediaError
from attention_mesh.media.image_format import format_of_file, is_animated, is_image_path
from attention_mesh.media.network_address import is_url
from attention_mesh.media.video_source import VideoSource


def open_source(
    text: str,
    *,
    camera: CameraSettings = DRIVERS_CHOICE,
    as_film: bool = False,
    fps: float | None = None,
    film_channels: int = 3,
    keeps_format: bool = False,
) -> VideoSource:
    """Opens a file or folder, a camera, a URL, or numbered files by their pattern.

    A text that names a file or folder means that, whatever characters it has; its content decides whether it
    is a photo or a film. Otherwise a number ("0") is a camera, and so are a device file and the name of a
    camera, see `find_camera`. What a URL leads to decides whether it is a film, which is read whole, or a
    live stream. ``frames_%04d.png`` stands for numbered files, which are one film.

    Args:
      text: what to open.
      camera: what to request of a camera.
      as_film: whether the photos of a folder are one film.
      fps: frames per second of photos that are a film; None for 30.
      film_channels: channels of the pictures of a film: 3, or 4, of which the last has no meaning, for who
        only crops them: both the film and the crops then take less time. Pictures that have to be scaled, and
        those of other sources, have three.
      keeps_format: whether pictures of films, streams and cameras may be `RawPicture`s, see `VideoReader`.

    Raises:
      MediaError: it cannot be opened.
    """
    if os.path.exists(text):
        return _open_path(text, camera, as_film, fps, film_channels, keeps_format)
    if text.isdecimal() or text.startswith("/dev/video"):
        from attention_mesh.media.camera_source import CameraSource

        return CameraSource(int(text) if text.isdecimal() else text, camera, keeps_format)
    if is_url(text):
        from attention_mesh.media.video_file_source import open_film

        return open_film(text, film_channels, keeps_format)
    return _open_other(text, camera, fps, keeps_format)


def _open_path(
    text: str,
    camera: CameraSettings,
    as_film: bool,
    fps: float | None,
    film_channels: int,
    keeps_format: bool,
) -> VideoSource:
    path = Path(text)
    if stat.S_ISCHR(path.stat().st_mode):
        from attention_mesh.media.camera_source import CameraSource

        return CameraSource(text, camera, keeps_format)
    if is_animated(path) and format_of_file(path) == "WebP":
        from attention_mesh.media.animated_webp_source import AnimatedWebpSource

        return AnimatedWebpSource(text)
    if not path.is_dir() and (is_animated(path) or not _is_photo(path)):
        from attention_mesh.media.video_file_source import open_film

        return open_film(os.path.join(".", text) if is_url(text) else text, film_channels, keeps_format)
    from attention_mesh.media.image_folder_source import ImageFolderSource, photo_files

    if as_film:
        from attention_mesh.media.image_sequence_source import DEFAULT_FPS, ImageSequenceSource

        return ImageSequenceSource(photo_files(path), text, fps or DEFAULT_FPS)
    return ImageFolderSource(path)


def _is_photo(path: Path) -> bool:
    """Whether a file is a photo by its content, or by its suffix if nobody knows the content."""
    return format_of_file(path) is not None or is_image_path(path)


def _open_other(text: str, camera: CameraSettings, fps: float | None, keeps_format: bool) -> VideoSource:
    """Opens numbered files or a camera by its name."""
    from attention_mesh.media.cameras import find_camera, list_cameras
    from attention_mesh.media.image_sequence_source import (
        DEFAULT_FPS,
        is_sequence_pattern,
        open_image_sequence,
    )

    if is_sequence_pattern(text):
        return open_image_sequence(text, fps or DEFAULT_FPS)
    # A path is looked for among the files only, so that a typing error opens no camera.
    is_name = not Path(text).suffix and os.sep not in text
    found = find_camera(text, list_cameras()) if is_name else None
    if found is None:
        hint = "; `attention-mesh cameras` lists the cameras" if is_name else ""
        raise MediaError(f"{text}: there is no such file or folder{hint}.")
    from attention_mesh.media.camera_source import CameraSource

    return CameraSource(found.number, camera, keeps_format)
