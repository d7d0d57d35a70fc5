"""face_mesh_rows: the faces of one film or photo as Arrow batches, for a job of one's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from attention_mesh.datasets.face_meter import FaceMeter
from attention_mesh.datasets.open_found import open_address
from attention_mesh.datasets.options import DatasetOptions
from attention_mesh.datasets.sources import table_text

if TYPE_CHECKING:
    from attention_mesh.datasets.arrow import RecordBatch


def face_mesh_rows(
    source: str | os.PathLike[str],
    options: DatasetOptions = DatasetOptions(),  # noqa: B008 - frozen
    meter: FaceMeter | None = None,
) -> Iterator[RecordBatch]:
    """Measures a film, a photo or a folder of photos.

    Args:
      source: its path, its URL, or its name in a table.
      options: how it is measured.
      meter: measures several sources with one set of networks, by its own options; None makes one for this
        source.

    Yields:
      Batches of some hundred rows, a row per face and frame, with the columns of `FACE_COLUMNS`.

    Raises:
      MediaError: the source cannot be opened, or ends early; the rows before are good.
      MissingExtraError: pyarrow is not installed.
    """
    from attention_mesh.datasets.arrow import face_batches

    address = os.fspath(source)
    name = table_text(address)
    with open_address(address, film_channels=4) as opened:
        if meter is not None:
            yield from face_batches(name, meter.measure(opened), options.half)
            return
        with FaceMeter(options) as own:
            yield from face_batches(name, own.measure(opened), options.half)
