"""Contact sheet: a page with the first face of each source of a table, the doubtful ones first."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from attention_mesh.datasets.arrow import read_columns
from attention_mesh.datasets.open_found import open_address
from attention_mesh.datasets.table_folder import TableFolder
from attention_mesh.geometry.crop import Cropper
from attention_mesh.media.errors import MediaError
from attention_mesh.media.files import write_whole

_SIDE_PX = 160
_MOST_SOURCES = 200  # a page of 2 MB
_LATEST_FRAME = 3000  # a first face that comes later is not decoded

_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width">
<style>
body {{ font: 14px system-ui, sans-serif; margin: 16px; }}
main {{ display: grid; grid-template-columns: repeat(auto-fill, 176px); gap: 12px; }}
figure {{ margin: 0; }} img, .none {{ width: 160px; height: 160px; background: #ddd; display: block; }}
figcaption {{ overflow-wrap: anywhere; }} .doubtful figcaption {{ color: #a00; }}
</style></head><body><h1>{title}</h1><main>
{figures}
</main></body></html>
"""
_FIGURE = '<figure class="{kind}">{picture}<figcaption>{name}<br>{text}</figcaption></figure>'


def write_contact_sheet(page: Path, table: TableFolder, doubtful: Sequence[dict[str, Any]]) -> int:
    """Writes an HTML page without any other file.

    Args:
      page: the file to write.
      table: whose sources are opened again, as far as they are still there.
      doubtful: manifest rows of sources that come first, and are marked.

    Returns:
      How many sources it shows: 200 at most.

    Raises:
      OSError: the page cannot be written.
    """
    names = {row["source"] for row in doubtful}
    others = [row for row in table.manifest() if row["source"] not in names]
    shown = [*doubtful, *others][:_MOST_SOURCES]
    figures = [
        _FIGURE.format(
            kind="doubtful" if row["source"] in names else "sure",
            picture=_picture(table, row),
            name=html.escape(Path(row["source"]).name),
            text=html.escape(
                row["error"] or f"a face in {row['frames_with_face']} of {row['frames']} frames"
            ),
        )
        for row in shown
    ]
    title = html.escape(f"First faces of {table.path.name}")
    write_whole(page, _PAGE.format(title=title, figures="\n".join(figures)).encode(), make_folder=True)
    return len(shown)


def _picture(table: TableFolder, row: dict[str, Any]) -> str:
    """The first face of a source as an HTML element."""
    crop = _first_face(table, row) if row["faces"] else None
    if crop is None:
        return '<div class="none"></div>'
    _, content = cv2.imencode(".jpg", crop[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])
    return f'<img alt="" src="data:image/jpeg;base64,{base64.b64encode(content.tobytes()).decode()}">'


def _first_face(table: TableFolder, row: dict[str, Any]) -> np.ndarray | None:
    """(160, 160, 3) uint8 RGB; None if the source is gone or the face comes too late."""
    columns = read_columns(table.part_path(row["part"]), ("source", "frame", "roi"))
    first = columns["source"].index(row["source"])
    number, roi = columns["frame"][first], columns["roi"][first]
    if number > _LATEST_FRAME:
        return None
    try:
        with open_address(row["source"]) as opened:
            frame = next(islice(opened, number, None), None)
    except MediaError:
        return None
    return None if frame is None else Cropper((_SIDE_PX, _SIDE_PX), None).crop(frame.image, [roi])[0]
