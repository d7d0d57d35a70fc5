"""From the text a user types to a sink."""

from __future__ import annotations

from pathlib import Path

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.outputs.frame_sink import FrameSink
from attention_mesh.media.image_file import WRITABLE_SUFFIXES, is_image_path
from attention_mesh.media.video_file_sink import VIDEO_SUFFIXES, VideoFileSink

TABLE_SUFFIXES = (".parquet", ".jsonl", ".csv")


def is_folder_output(text: str) -> bool:
    """Whether an output path stands for a folder: it has no suffix, ends as one, or is one already."""
    path = Path(text)
    return path.is_dir() or text.endswith(("/", "\\")) or not path.suffix


def sink_kind(text: str) -> str:
    """ "table", "video", "image" or "folder": what an output path stands for, by its suffix.

    What a folder is: `is_folder_output`. Raises UsageError for a suffix that no output has.
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


def open_sink(text: str, fps: float, keep_time: bool = False) -> FrameSink:
    """Opens the output `text` names, see `sink_kind`; `fps` and `keep_time` are for videos.

    Raises MediaError when it cannot be written, UsageError for an unknown suffix.
    """
    kind = sink_kind(text)
    if kind == "video":
        return VideoFileSink(text, fps, keep_time)
    if kind == "image":
        from attention_mesh.media.image_file_sink import ImageFileSink

        return ImageFileSink(text)
    if kind == "folder":
        from attention_mesh.media.image_folder_sink import ImageFolderSink

        return ImageFolderSink(text)
    suffix = Path(text).suffix.lower()
    if suffix == ".parquet":
        from attention_mesh.cli.outputs.parquet_sink import ParquetSink

        return ParquetSink(text)
    if suffix == ".jsonl":
        from attention_mesh.cli.outputs.json_lines_sink import JsonLinesSink

        return JsonLinesSink(text)
    from attention_mesh.cli.outputs.csv_sink import CsvSink

    return CsvSink(text)
