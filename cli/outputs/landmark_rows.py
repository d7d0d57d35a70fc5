"""The rows of landmark tables: one per face and frame, the same in every table format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from attention_mesh.cli.outputs.face_columns import FaceColumns
from attention_mesh.cli.outputs.frame_record import FrameRecord
from attention_mesh.cli.outputs.value_columns import ValueColumns
from attention_mesh.geometry.normalized_rects import RECT_FIELDS

ROI_COLUMNS = tuple(f"roi_{field}" for field in RECT_FIELDS)
COLUMNS = (
    "frame",
    "name",
    "timestamp_us",
    "image_width",
    "image_height",
    "track_id",
    "score",
    *ROI_COLUMNS,
)
LANDMARKS_COLUMN = "landmarks_px"
VALUES = "values"  # the key of a row's value columns
_FACE_COLUMNS = ("track_id", "score", *ROI_COLUMNS, LANDMARKS_COLUMN)


def landmark_rows(
    record: FrameRecord,
    all_frames: bool = False,
    groups: Sequence[FaceColumns] = (),
    values: ValueColumns | None = None,
) -> Iterator[dict[str, Any]]:
    """Yields a dict per face: `COLUMNS` as plain numbers and text, `LANDMARKS_COLUMN` as (N, 3) float32 px.

    The values of each group are a list under the group's key. `VALUES` has what `values` gives of the face.

    "frame" is the index in the source, "name" the name of the frame or file; the region is in pixels and
    radians. Tables are UTF-8: a byte of a name that is not UTF-8 becomes text, as in b\\udcff.png. A frame
    without a face has no row or, with `all_frames`, one whose columns of the face are None.
    """
    result = record.result
    width, height = (record.size or (None, None)) if result is None else result.image_size
    frame = {
        "frame": record.index,
        "name": record.name.encode("utf-8", "backslashreplace").decode("utf-8"),
        "timestamp_us": record.timestamp_us,
        "image_width": width,
        "image_height": height,
    }
    if result is None or len(result) == 0:
        if all_frames:
            empty = dict.fromkeys((*_FACE_COLUMNS, *(group.key for group in groups)))
            yield {**frame, **empty, VALUES: values.rows(record)[0] if values else {}}
        elif values:
            values.note(record)
        return
    measured = {group.key: group.values(result) for group in groups}
    own = values.rows(record) if values else [{}] * len(result)
    for face in range(len(result)):
        yield {
            **frame,
            "track_id": int(result.track_ids[face]),
            "score": float(result.scores[face]),
            **dict(zip(ROI_COLUMNS, result.rois[face].tolist(), strict=True)),
            **{key: rows[face] for key, rows in measured.items()},
            VALUES: own[face],
            LANDMARKS_COLUMN: result.landmarks_px[face],
        }
