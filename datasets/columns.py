"""The columns of a table of faces and of its manifest: names, types and meaning."""

from __future__ import annotations

from typing import NamedTuple

from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES
from attention_mesh.models.topology.face_topology import NUM_LANDMARKS_WITH_IRISES


class Column(NamedTuple):
    """A column.

    Attributes:
      name: in the table.
      kind: "int16", "int32", "int64", "float32", "float64" or "string".
      length: of a value that is a list of so many numbers; None for a single value.
      meaning: what it holds, for the dictionary of columns.
    """

    name: str
    kind: str
    length: int | None
    meaning: str


LANDMARKS = "landmarks_px"

FACE_COLUMNS = (
    Column("source", "string", None, "path or URL of the film or photo"),
    Column("frame", "int32", None, "number of the frame in the film, from 0; 0 for a photo"),
    Column("timestamp_us", "int64", None, "time of the frame in microseconds, from the film's first picture"),
    Column("face", "int16", None, "place of the face among those of its frame, from 0"),
    Column(
        "track_id",
        "int32",
        None,
        "the same number in other frames is the same face: 1, 2, 3 … as they appear; 0 for a photo",
    ),
    Column("score", "float32", None, "probability that the crop held a face, 0 to 1"),
    Column("roi", "float32", 5, "the crop: x_center, y_center, width, height in pixels, rotation in radians"),
    Column(
        LANDMARKS,
        "float32",
        3 * NUM_LANDMARKS_WITH_IRISES,
        "x0, y0, z0, x1 … of the 478 landmarks, in pixels of the frame, origin top-left; z on x's scale",
    ),
    Column(
        "blendshapes",
        "float32",
        len(BLENDSHAPE_NAMES),
        "52 coefficients, 0 to 1, in the order of ARKit's names",
    ),
    Column("pose", "float32", 16, "4 × 4 by rows: from the canonical face to the camera's frame, in cm"),
    Column("gaze", "float32", 9, "unit vectors of the left eye, the right eye and both: x, y, z each"),
    Column("eye_aspect_ratios", "float32", 2, "how far the left and the right eye are open"),
    Column(
        "blink_eyes", "string", None, "which eyes ended a blink in this frame: left, right or both; else null"
    ),
    Column("blink_start_us", "int64", None, "when that blink began"),
    Column("blink_length_us", "int64", None, "how long it took"),
)

MANIFEST_COLUMNS = (
    Column("source", "string", None, "path or URL of the film or photo"),
    Column("status", "string", None, "done; cut off, if the film ended early; or failed"),
    Column("error", "string", None, "why it failed or was cut off; else null"),
    Column("kind", "string", None, "film or photo"),
    Column("frames", "int64", None, "frames that were measured"),
    Column("frames_with_face", "int64", None, "frames with a face"),
    Column("faces", "int64", None, "rows in the table"),
    Column("duration_s", "float64", None, "time of the last frame, in seconds"),
    Column("fps", "float64", None, "frames per second that the film announces; null if it does not"),
    Column("width", "int32", None, "of the upright frames, in pixels"),
    Column("height", "int32", None, "of the upright frames, in pixels"),
    Column("rotation_degrees", "int32", None, "by which the film says that it is turned, counterclockwise"),
    Column("notices", "string", None, "what was odd but ended nothing; null if nothing was"),
    Column("size_bytes", "int64", None, "of the file; -1 if unknown"),
    Column("modified_ns", "int64", None, "when the file was changed, nanoseconds since 1970; -1 if unknown"),
    Column("part", "string", None, "the file below faces/ that has the rows"),
    Column("seconds", "float64", None, "how long the work took"),
    Column("version", "string", None, "of attention_mesh"),
    Column("weights_sha256", "string", None, "hash of the landmark network's file"),
)
