"""What a file of a photo holds beside the picture that is read: pages of a TIFF, pictures of a HEIC."""

from __future__ import annotations

import io
import mmap
from pathlib import Path
from typing import BinaryIO

from attention_mesh.media.heif_image import heif_pictures
from attention_mesh.media.image_format import HEAD_BYTES, format_of_file, image_format
from attention_mesh.media.tiff_header import tiff_pages


def more_pictures(file: Path) -> str:
    """Says which of the pictures in a file `read_image` has read; empty if the file has only one.

    Smaller versions of a picture and masks do not count.
    """
    try:
        name = format_of_file(file)
        if name == "TIFF":
            with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
                return _more_pages(content)
        return _more_of_burst(file) if name == "HEIC" else ""
    except OSError:  # the file was replaced since it was read
        return ""


def more_in_content(content: bytes) -> str:
    """As `more_pictures`, for the content of a file."""
    name = image_format(content[:HEAD_BYTES])
    if name == "TIFF":
        return _more_pages(content)
    return _more_of_burst(io.BytesIO(content)) if name == "HEIC" else ""


def _more_pages(content: bytes | mmap.mmap) -> str:
    with memoryview(content) as view:
        count = sum(page.is_picture for page in tiff_pages(view))
    return f"the first of {count} pages was read; save the others as files of their own." if count > 1 else ""


def _more_of_burst(file: Path | BinaryIO) -> str:
    count = heif_pictures(file)
    return f"the main one of {count} pictures was read; save the others as files." if count > 1 else ""
