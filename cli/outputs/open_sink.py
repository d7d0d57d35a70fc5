"""Opens the output that a text on the command line names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.outputs.face_columns import FaceColumns
from attention_mesh.cli.outputs.record_sink import RecordedPictures, RecordSink
from attention_mesh.cli.outputs.value_columns import ValueColumns
from attention_mesh.media.image_format import WRITABLE_SUFFIXES, is_image_path
from attention_mesh.media.video_codecs import VIDEO_SUFFIXES

if TYPE_CHECKING:
    from attention_mesh.media.sound_track import SoundTrack

TABLE_SUFFIXES = (".parquet", ".jsonl", ".csv")

SinkKind = Literal["table", "video", "image", "folder"]


def is_folder_output(text: str) -> bool:
    """Whether an output path stands for a folder: it has no suffix, ends in a slash, or is a folder."""
    path = Path(text)
    return path.is_dir() or text.endswith(("/", "\\")) or not path.suffix


def sink_kind(text: str) -> SinkKind:
    """The kind of output that a path stands for: a folder (see `is_folder_output`), else by its suffix.

    Raises UsageError for a suffix that no output has.
    """
    path = Path(text)
    suffix = path.suffix.lower()
    if is_folder_output(text):
        return "folder"
    if suffix in TABLE_SUFFIXES:
        return "table"
    if suffix in VIDEO_SUFFIXES:
        return "video"
    if suffix in WRITABLE_SUFFIXES:
        return "image"
    if is_image_path(path):
        raise UsageError(
            f"--output {text}: a {suffix} file holds no color; use one of {', '.join(WRITABLE_SUFFIXES)}."
        )
    raise UsageError(
        f"--output {text}: no output has the suffix {suffix}; use {', '.join(TABLE_SUFFIXES)} for landmarks, "
        f"{', '.join(VIDEO_SUFFIXES)} for a video, an image's for one picture, or a folder's name."
    )


@dataclass(frozen=True)
class FilmOptions:
    """How a film is written; see `VideoFileSink`, whose arguments these are."""

    keep_time: bool = False
    constant: bool = False
    codec: str | None = None
    crf: float | None = None
    sound: SoundTrack | None = None


def open_sink(
    text: str,
    fps: float,
    film: FilmOptions = FilmOptions(),
    *,
    all_frames: bool = False,
    groups: Sequence[FaceColumns] = (),
    landmarks: bool = True,
    values: ValueColumns | None = None,
) -> RecordSink:
    """Opens an output.

    Args:
      text: its path; see `sink_kind`.
      fps: frames per second of a film.
      film: the film's other properties.
      all_frames: whether a table has a row for a frame without a face.
      groups: columns of a table beside the landmarks.
      landmarks: whether a table has all landmarks.
      values: columns of a table for what else the graph puts out; all tables of a run share them.

    Raises:
      MediaError: it cannot be written.
      UsageError: no output has this suffix.
    """
    kind = sink_kind(text)
    if kind == "video":
        from attention_mesh.media.video_file_sink import VideoFileSink

        return RecordedPictures(
            VideoFileSink(
                text,
                fps,
                film.keep_time,
                constant=film.constant,
                codec=film.codec,
                crf=film.crf,
                sound=film.sound,
            )
        )
    if kind == "image":
        from attention_mesh.media.image_file_sink import ImageFileSink

        return RecordedPictures(ImageFileSink(text))
    if kind == "folder":
        from attention_mesh.media.image_folder_sink import ImageFolderSink

        return RecordedPictures(ImageFolderSink(text))
    suffix = Path(text).suffix.lower()
    if suffix == ".parquet":
        from attention_mesh.cli.outputs.parquet_sink import ParquetSink

        return ParquetSink(text, all_frames, groups, landmarks, values)
    if suffix == ".jsonl":
        from attention_mesh.cli.outputs.json_lines_sink import JsonLinesSink

        return JsonLinesSink(text, all_frames, groups, landmarks, values)
    from attention_mesh.cli.outputs.csv_sink import CsvSink

    return CsvSink(text, all_frames=all_frames, groups=groups, landmarks=landmarks, values=values)
