"""The input of a command, opened so that Ctrl-C ends the wait for a server that says nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial

from attention_mesh.cli.interrupt import interruptible
from attention_mesh.media.camera_source import DRIVERS_CHOICE, CameraSettings
from attention_mesh.media.network_address import is_url
from attention_mesh.media.open_source import open_source
from attention_mesh.media.video_source import VideoSource


def open_input(
    text: str,
    *,
    camera: CameraSettings = DRIVERS_CHOICE,
    as_film: bool = False,
    fps: float | None = None,
    film_channels: int = 3,
    keeps_format: bool = False,
    meanwhile: Callable[[], object] | None = None,
) -> VideoSource:
    """Opens what a text names, see `open_source`; Ctrl-C raises KeyboardInterrupt meanwhile.

    Args:
      text, camera, as_film, fps, film_channels, keeps_format: see `open_source`.
      meanwhile: work for this thread while a file or URL is opened.

    Raises:
      MediaError: it cannot be opened.
    """
    open_it = partial(
        open_source,
        text,
        camera=camera,
        as_film=as_film,
        fps=fps,
        film_channels=film_channels,
        keeps_format=keeps_format,
    )
    if is_url(text) or os.path.exists(text):
        return interruptible(open_it, meanwhile)
    return open_it()  # some systems open a camera on the main thread only
