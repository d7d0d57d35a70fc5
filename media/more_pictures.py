"""What a file of a photo holds beside the picture that is read: pages of a TIFF, pictures of a HEIC."""

from __future__ import annotations

import mmap
from pathlib import Path

from attention_mesh.media.heif_image import heif_pictures
from attention_mesh.media.image_format import format_of_file
from attention_mesh.media.tiff_header import tiff_pages


def more_pictures(file: Path) -> str:
    """Says which of the pictures in a file `read_image` has read; empty if the file has only one.

    Smaller versions of a picture and masks do not count.
    """
    try:
        return _more_pictures(file, format_of_file(file))
    except OSError:  # the file was replaced since it was read
        return ""


def _more_pictures(file: Path, name: str | None) -> str:
    if name == "TIFF":
        with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
            view = memoryview(content)
            count = sum(page.is_picture for page in tiff_pages(view))
            view.release()
        return (
            f"the first of {count} pages was read; save the others as files of their own."
            if count > 1
            else ""
        )
    if name == "HEIC":
        count = heif_pictures(file)
        return f"the main one of {count} pictures was read; save the others as files." if count > 1 else ""
    return ""
