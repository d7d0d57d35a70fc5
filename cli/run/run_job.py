"""One run: frames from a source through a graph into sinks."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from attention_mesh.cli.abandon import abandon
from attention_mesh.cli.interrupt import Interrupt
from attention_mesh.cli.outputs.frame_record import FrameRecord
from attention_mesh.cli.outputs.frame_sink import FrameSink
from attention_mesh.cli.run.graph_ports import GraphPorts
from attention_mesh.cli.run.graph_record import graph_record
from attention_mesh.cli.run.read_ahead import END, ReadAhead
from attention_mesh.cli.run.record_joiner import RecordJoiner
from attention_mesh.cli.run.run_progress import RunProgress
from attention_mesh.cli.run.write_behind import WriteBehind
from attention_mesh.cli.user_command import error_text, report
from attention_mesh.framework import CalculatorGraph, Packet
from attention_mesh.framework.errors import CancelledError
from attention_mesh.media.display_window import DisplayWindow
from attention_mesh.media.errors import MediaError
from attention_mesh.media.output_path import make_folder_of
from attention_mesh.media.video_source import VideoSource

_POLL_S = 0.1  # how soon a wait notices Ctrl-C
_SHOW_S = 0.01  # how soon a new picture is shown
# After a second Ctrl-C: how long nodes that run may take to return, and sinks to write what is finished.
_RUN_GRACE_S = 1.0
_WRITE_GRACE_S = 10.0


@dataclass
class RunOutcome:
    """How a run ended.

    frames: how many went all the way. interrupted: by Ctrl-C. errors: what went wrong, in order; empty
    where the job is done. What was finished before an error is in the sinks.
    """

    frames: int = 0
    interrupted: bool = False
    errors: list[BaseException] = field(default_factory=list)


class RunJob:
    """Feeds every frame of `source` to `graph` and writes what comes out to `sinks`, and to `window`.

    Decoding, the graph and writing run on threads of their own; the calling one, which must be the main
    thread, shows and waits, so that nothing keeps it from seeing Ctrl-C. Files go through the graph with
    several frames in flight; a live source's frames one at a time, always the newest.

    `graph`: made and not started. `ports`: its streams. `side_packets`: by name. `lockstep`: a frame goes in
    when the one before has come out, also of a file. `max_frames`: stop after so many. `trace`: where to
    write the graph's Chrome trace.
    """

    def __init__(
        self,
        source: VideoSource,
        graph: CalculatorGraph,
        ports: GraphPorts,
        side_packets: dict[str, Any],
        sinks: Sequence[FrameSink],
        *,
        lockstep: bool = False,
        window: DisplayWindow | None = None,
        max_frames: int | None = None,
        trace: Path | None = None,
        console: Console | None = None,
    ) -> None:
        self._source = source
        self._graph = graph
        drawn = window is not None or any(sink.needs_image for sink in sinks)
        self._ports = ports if drawn else replace(ports, image=None)
        self._side_packets = side_packets
        self._sinks = sinks
        self._lockstep = lockstep or source.live
        self._window = window
        self._max_frames = max_frames
        self._trace = trace
        self._console = console if console is not None else Console(stderr=True)
        self._opened, self._stopped = threading.Event(), threading.Event()
        self._is_window_closed = False
        self._shown: FrameRecord | None = None
        self._show_again = 0.0  # time.monotonic() at which the same picture is shown anew

    def run(self) -> RunOutcome:
        """Runs until the source ends, `max_frames`, Ctrl-C, the window's closing, or an error.

        Sinks are closed afterwards in every case. After a second Ctrl-C without the frames in flight; where
        something does not return even then, the process ends here, with exit code 130.
        """
        outcome = RunOutcome()
        with Interrupt() as interrupt:
            with self._progress() as progress:
                writer = WriteBehind(self._sinks)
                worker = threading.Thread(
                    target=self._work,
                    args=(outcome, interrupt, writer),
                    name="attention-mesh run",
                    daemon=True,
                )
                try:
                    worker.start()
                    self._watch(worker, interrupt, writer, progress)
                except Exception as error:  # noqa: BLE001 - the caller reports it with what was kept
                    outcome.errors.append(error)
                finally:
                    self._end(worker, interrupt, writer)
                progress.update(writer.count)
                self._linger(writer, interrupt)
            outcome.frames = writer.count
            outcome.interrupted = interrupt.requested
            outcome.errors += writer.errors
            if worker.is_alive() or writer.hangs:
                self._abandon(outcome)
        return outcome

    def _watch(
        self, worker: threading.Thread, interrupt: Interrupt, writer: WriteBehind, progress: RunProgress
    ) -> None:
        """Shows what comes, until the run is over, the window closed, or a second Ctrl-C."""
        while worker.is_alive() and not interrupt.urgent:
            worker.join(_POLL_S if self._window is None else _SHOW_S)
            if self._opened.is_set():  # before, the weights may be fetched, under a bar of their own
                progress.update(writer.count)
            if not self._show(writer):
                self._is_window_closed = True
                return

    def _end(self, worker: threading.Thread, interrupt: Interrupt, writer: WriteBehind) -> None:
        """Waits for the frames in flight, unless Ctrl-C comes a second time, and closes the sinks."""
        self._stopped.set()
        while worker.is_alive() and not interrupt.urgent:
            worker.join(_POLL_S)
        if worker.is_alive():  # on a thread, as it may have to wait for a node
            threading.Thread(target=self._graph.cancel, name="attention-mesh cancel", daemon=True).start()
        writer.close(give_up=lambda: interrupt.urgent_for(_WRITE_GRACE_S))
        while worker.is_alive() and not interrupt.urgent_for(_RUN_GRACE_S):
            worker.join(_POLL_S)

    def _abandon(self, outcome: RunOutcome) -> None:
        for error in outcome.errors:
            report(error_text(error))
        complete = "" if outcome.errors else "what was written is complete, and "
        abandon(f"stopped by the user after {outcome.frames} frames; {complete}what did not return was left")

    def _work(self, outcome: RunOutcome, interrupt: Interrupt, writer: WriteBehind) -> None:
        """On the thread that feeds the graph, and runs it where it has no threads of its own."""
        try:
            self._run_graph(outcome, interrupt, writer)
        except CancelledError:
            pass  # by a second Ctrl-C
        except BaseException as error:  # noqa: BLE001 - nobody would see it on this thread
            outcome.errors.append(error)
        finally:
            self._end_graph(outcome)

    def _run_graph(self, outcome: RunOutcome, interrupt: Interrupt, writer: WriteBehind) -> None:
        joiner = RecordJoiner(self._ports.outputs, partial(graph_record, self._ports), writer.put)
        for stream in self._ports.outputs:
            self._graph.observe_output_stream(
                stream, partial(_collect, joiner, stream), observe_timestamp_bounds=True
            )
        self._graph.start_run(self._side_packets)
        self._opened.set()
        try:
            with ReadAhead(self._source) as reader:
                self._feed(reader, joiner, interrupt, writer)
        except MediaError as error:  # what came before is good and is finished
            outcome.errors.append(error)
        self._graph.close_all_input_streams()
        self._graph.wait_until_done()
        joiner.finish()

    def _feed(
        self, reader: ReadAhead, joiner: RecordJoiner, interrupt: Interrupt, writer: WriteBehind
    ) -> None:
        fed = 0
        while fed != self._max_frames and not writer.futile:
            if interrupt.requested or self._stopped.is_set():
                return
            frame = reader.next(_POLL_S)
            if frame is END:
                return
            if frame is not None:
                joiner.expect(frame)
                self._graph.add_packet(self._ports.input, frame.image, frame.timestamp_us)
                if self._lockstep:
                    self._graph.wait_until_idle()
                fed += 1

    def _show(self, writer: WriteBehind) -> bool:
        """Shows the newest picture; False when the user closed the window."""
        record, now = writer.latest, time.monotonic()
        if self._window is None or record is None or record.image is None:
            return True
        if record is self._shown and now < self._show_again:
            return True
        self._shown, self._show_again = record, now + _POLL_S  # the window's keys are read by showing
        return self._window.show(record.image)

    def _linger(self, writer: WriteBehind, interrupt: Interrupt) -> None:
        """Leaves the last photo on the screen until the user closes it."""
        if self._window is None or self._is_window_closed:
            return
        while self._source.still and not interrupt.requested:
            if writer.latest is None or writer.latest.image is None:
                return
            if not self._window.show(writer.latest.image, wait_ms=round(_POLL_S * 1000)):
                return

    def _progress(self) -> RunProgress:
        length = self._source.length
        if self._max_frames is not None:
            length = self._max_frames if length is None else min(length, self._max_frames)
        return RunProgress(self._console, length, Path(self._source.name).name)

    def _end_graph(self, outcome: RunOutcome) -> None:
        self._graph.close()
        if self._trace is not None:
            try:
                make_folder_of(self._trace)
                self._graph.write_trace(self._trace)
            except (OSError, MediaError) as error:
                outcome.errors.append(error)


def _collect(joiner: RecordJoiner, stream: str, packet: Packet) -> None:
    if packet.value is None:
        joiner.settle(stream, packet.timestamp)
    else:
        joiner.add(stream, packet.timestamp, packet.value)
