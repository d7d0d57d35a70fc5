"""What every sink of frames offers."""

from __future__ import annotations

from typing import Protocol

from attention_mesh.cli.outputs.frame_record import FrameRecord


class FrameSink(Protocol):
    """Takes the records of a run in timestamp order, from one thread, and keeps them.

    name: for messages.
    needs_image: whether `FrameRecord.image` must be there.
    written: how many frames (tables: rows) are in it so far.
    begun: whether anything was written. Before that nothing is touched, also by `close`: a file of an earlier
    run is as it was.

    What was written is a valid file after `close`, also when the run broke off. Opening and writing raise
    MediaError; after one, `close` still finishes what is there. Opening finds what cannot be written before
    anything is; missing folders are made.
    """

    name: str
    needs_image: bool
    written: int

    @property
    def begun(self) -> bool: ...

    def write(self, record: FrameRecord) -> None: ...

    def close(self) -> None:
        """Finishes the file. May be called twice."""

    def summary(self) -> str:
        """What is in it, for the user: "out.csv: 120 rows"."""
