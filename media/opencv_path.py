"""File names that OpenCV can open."""

import os

from attention_mesh.media.errors import MediaError


def opencv_path(path: str | os.PathLike[str]) -> str:
    """The path as text for OpenCV. Raises MediaError if it is not UTF-8, with which OpenCV would crash."""
    text = os.fspath(path)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        shown = text.encode("utf-8", "backslashreplace").decode("utf-8")
        raise MediaError(f"{shown}: the name is not UTF-8, and OpenCV takes no other; rename it.") from error
    return text
