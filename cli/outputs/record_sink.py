"""The interface of every output of a run, and the adapter that writes a run's pictures."""

from __future__ import annotations

from typing import Protocol

from attention_mesh.cli.outputs.frame_record import FrameRecord
from attention_mesh.media.picture_sink import PictureSink


class RecordSink(Protocol):
    """Keeps the records of a run, which one thread writes in the order of their timestamps.

    Opening finds out whether the file can be written, and changes nothing. The first record replaces a file
    of an earlier run and makes missing folders. After `close` the file is valid, even if the run broke off.
    Opening and writing raise MediaError; after that, `close` still finishes what is there.
    """

    @property
    def name(self) -> str:
        """What messages call it: its path."""

    @property
    def takes_pictures(self) -> bool:
        """Whether it keeps pictures, and leaves out a record without one."""

    @property
    def begun(self) -> bool:
        """Whether anything was written. If not, a file of an earlier run is as it was."""

    def write(self, record: FrameRecord) -> None:
        """Appends a record."""

    def close(self) -> None:
        """Finishes the file. May be called twice."""

    def summary(self) -> str:
        """What is in it, for the user: "out.csv: 120 rows"."""


class RecordedPictures:
    """A RecordSink that passes the picture of each record to a `PictureSink`: a video, an image, a folder."""

    takes_pictures = True

    def __init__(self, sink: PictureSink) -> None:
        self._sink = sink
        self.name = sink.name

    @property
    def begun(self) -> bool:
        """Whether there was a picture."""
        return self._sink.begun

    def write(self, record: FrameRecord) -> None:
        """Writes `record.picture`, if there is one."""
        picture = record.picture
        if picture is not None:
            self._sink.write(picture)

    def close(self) -> None:
        """Finishes the file. May be called twice."""
        self._sink.close()

    def summary(self) -> str:
        """What is in it, for the user."""
        return self._sink.summary()
