"""The options of a camera, and the command that lists the cameras."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.options import Debug
from attention_mesh.cli.user_command import EXIT_FAILED, EXIT_OK, report, user_command

if TYPE_CHECKING:
    from attention_mesh.media.camera_source import CameraSettings

CameraSize = Annotated[
    str | None,
    typer.Option(
        "--camera-size", help="Size to request of a camera, such as 1280x720. (default: the camera's)"
    ),
]
CameraFps = Annotated[
    float | None,
    typer.Option("--camera-fps", min=0.1, help="Rate to request of a camera. (default: the camera's)"),
]
CameraFormat = Annotated[
    str | None,
    typer.Option(
        "--camera-format",
        help="Pixel format to request of a camera, four characters: MJPG lets a USB camera send large "
        "pictures at full rate. (default: the camera's)",
    ),
]
_SIZE = re.compile(r"(\d+)\s*[x×*,]\s*(\d+)", re.IGNORECASE)


def camera_settings(size: str | None, fps: float | None, pixel_format: str | None) -> CameraSettings:
    """The settings that the options request. Raises UsageError if one has another form."""
    from attention_mesh.media.camera_source import CameraSettings

    width_height = None
    if size is not None:
        match = _SIZE.fullmatch(size.strip())
        if match is None or 0 in map(int, match.groups()):
            raise UsageError(f"--camera-size {size}: expected width and height in pixels, such as 1280x720")
        width_height = (int(match[1]), int(match[2]))
    if pixel_format is not None and not re.fullmatch(r"[ -~]{4}", pixel_format):
        raise UsageError(f"--camera-format {pixel_format}: expected four characters, such as MJPG or YUYV")
    return CameraSettings(width_height, fps, pixel_format)


@user_command
def cameras(debug: Debug = False) -> int:
    """List the cameras of this machine: the number and name that --input takes, and the device file.

    On Linux the system knows them; elsewhere the first ten numbers are tried, which turns on each camera
    for a moment.
    """
    from attention_mesh.media.cameras import list_cameras

    found = list_cameras()
    if not found:
        report("no camera was found; is one connected, and may this user read it?")
        return EXIT_FAILED
    for camera in found:
        device = f"  {camera.device}" if camera.device else ""
        typer.echo(f"{camera.number}  {camera.name}{device}")
    return EXIT_OK
