"""Runs frames from a source through a graph into sinks and a window."""

from __future__ import annotations

import contextlib
import gc
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from attention_mesh.cli.interrupt import Interrupt, exit_at_once
from attention_mesh.cli.outputs.frame_record import FrameRecord
from attention_mesh.cli.outputs.record_sink import RecordSink
from attention_mesh.cli.run.encoded_frame import encoded_frame
from attention_mesh.cli.run.graph_choice import GraphChoice
from attention_mesh.cli.run.graph_record import graph_record
from attention_mesh.cli.run.read_ahead import End, ReadAhead
from attention_mesh.cli.run.record_joiner import RecordJoiner
from attention_mesh.cli.run.report import RunOutcome, no_face_notice, write_trace
from attention_mesh.cli.run.run_progress import run_progress
from attention_mesh.cli.run.write_behind import WriteBehind
from attention_mesh.cli.user_command import report_error
from attention_mesh.framework import Packet
from attention_mesh.framework.errors import CancelledError
from attention_mesh.media.errors import MediaError
from attention_mesh.media.video_source import VideoSource

if TYPE_CHECKING:
    from attention_mesh.media.display_window import DisplayWindow
    from attention_mesh.python_bindings.landmarker.face_expression_graph import FaceExpressionGraph

_POLL_S = 0.1  # how soon a wait notices Ctrl-C
_SHOW_S = 0.01  # how soon a new picture is shown
# After a second Ctrl-C: how long running nodes may take to return, and sinks to write what is finished.
_RUN_GRACE_S = 1.0
_WRITE_GRACE_S = 10.0


class FrameRun:
    """Feeds every frame of a source to a graph, and writes what comes out to sinks and shows it.

    Decoding, the graph and writing each run on their own thread. The calling thread, which must be the main
    one, shows pictures and waits, so that nothing keeps it from noticing Ctrl-C. Several frames of a file are
    in the graph at once. Frames of a live source go through one at a time, always the newest.

    Args:
      source: opened; the caller closes it.
      choice: the graph, not started yet, with its streams and side packets.
      sinks: opened; the run closes them.
      window: shows the pictures.
      max_frames: frames after which the run stops.
      trace: file for the graph's Chrome trace.
      expression: measures what the faces do; the run closes it.
    """

    def __init__(
        self,
        source: VideoSource,
        choice: GraphChoice,
        sinks: Sequence[RecordSink],
        *,
        window: DisplayWindow | None = None,
        max_frames: int | None = None,
        trace: Path | None = None,
        expression: FaceExpressionGraph | None = None,
    ) -> None:
        self._source = source
        self._graph = choice.graph
        drawn = window is not None or any(sink.takes_pictures for sink in sinks)
        self._ports = choice.ports if drawn else replace(choice.ports, image=None)
        self._side_packets = choice.side_packets
        self._sinks = sinks
        self._lockstep = choice.lockstep or source.live
        # Then nobody has to watch for timestamps that pass without a packet, and frames go through in sweeps.
        self._answers_at_once = self._lockstep and choice.answers_at_once
        self._window = window
        self._max_frames = max_frames
        self._trace = trace
        self._expression = expression
        self._opened, self._stopped = threading.Event(), threading.Event()
        self._is_window_closed = False
        self._faces = 0  # of all frames
        self._shown: FrameRecord | None = None
        self._show_again = 0.0  # time.monotonic() at which the same picture is shown again

    def run(self) -> RunOutcome:
        """Runs until the source ends, `max_frames`, Ctrl-C, the window's closing, or an error.

        Sinks are closed afterwards in every case. After a second Ctrl-C, frames in flight are dropped. If
        something does not return even then, the process ends here, with the exit code of the signal.
        """
        outcome = RunOutcome(sinks=self._sinks)
        with Interrupt() as interrupt:
            writer = WriteBehind(self._sinks)
            worker = threading.Thread(
                target=self._work,
                args=(outcome, interrupt, writer),
                name="attention-mesh run",
                daemon=True,
            )
            progress = None
            with contextlib.ExitStack() as display:
                try:
                    worker.start()  # before the display, which takes time to load
                    label = Path(self._source.name).name
                    progress = display.enter_context(run_progress(self._length(), label))
                    self._watch(worker, interrupt, writer, progress)
                except Exception as error:  # noqa: BLE001 - the caller reports it with what was kept
                    outcome.errors.append(error)
                finally:
                    self._end(worker, interrupt, writer)
                if progress is not None:
                    failed_at_once = writer.count == 0 and (outcome.errors or writer.errors)
                    progress(None if failed_at_once else writer.count)
                self._linger(writer, interrupt)
            outcome.frames = writer.count
            outcome.interrupted = interrupt.signal
            outcome.errors += writer.errors
            outcome.skipped = list(self._source.failures)
            outcome.notices = list(self._source.notices)
            if self._ports.landmarks is not None and not self._faces and outcome.frames:
                outcome.notices.append(no_face_notice(outcome.frames))
            if worker.is_alive() or writer.hangs:
                self._leave(outcome)
        return outcome

    def _watch(
        self,
        worker: threading.Thread,
        interrupt: Interrupt,
        writer: WriteBehind,
        progress: Callable[[int | None], None],
    ) -> None:
        """Shows pictures and progress until the run is over, the window is closed, or Ctrl-C comes twice."""
        while worker.is_alive() and not interrupt.urgent:
            worker.join(_POLL_S if self._window is None else _SHOW_S)
            if self._opened.is_set():  # before that, another bar may show how the weights are fetched
                progress(writer.count)
            if not self._show(writer):
                self._is_window_closed = True
                return

    def _end(self, worker: threading.Thread, interrupt: Interrupt, writer: WriteBehind) -> None:
        """Waits for the frames in flight, unless Ctrl-C comes a second time, and closes the sinks."""
        self._stopped.set()
        while worker.is_alive() and not interrupt.urgent:
            worker.join(_POLL_S)
        if worker.is_alive():  # on a thread, because it may have to wait for a node
            threading.Thread(target=self._graph.cancel, name="attention-mesh cancel", daemon=True).start()
        writer.close(give_up=lambda: interrupt.urgent_for(_WRITE_GRACE_S))
        while worker.is_alive() and not interrupt.urgent_for(_RUN_GRACE_S):
            worker.join(_POLL_S)

    def _leave(self, outcome: RunOutcome) -> None:
        """Ends the process although a thread does not return."""
        for error in outcome.errors:
            report_error(error)
        complete = "" if outcome.errors else "what was written is complete, and "
        exit_at_once(
            f"stopped by the user after {outcome.frames} frames; {complete}what did not return was left",
            outcome.interrupted,
        )

    def _work(self, outcome: RunOutcome, interrupt: Interrupt, writer: WriteBehind) -> None:
        """Feeds the graph on this thread, and runs it here if it has no threads itself."""
        try:
            self._run_graph(outcome, interrupt, writer)
        except CancelledError:
            pass  # by a second Ctrl-C
        except BaseException as error:  # noqa: BLE001 - nobody would see it on this thread
            outcome.errors.append(error)
        finally:
            self._end_graph(outcome)

    def _run_graph(self, outcome: RunOutcome, interrupt: Interrupt, writer: WriteBehind) -> None:
        joiner = RecordJoiner(
            self._ports.outputs,
            partial(graph_record, self._ports, expression=self._expression),
            partial(self._take, writer),
        )
        for stream in self._ports.outputs:
            self._graph.observe_output_stream(
                stream,
                partial(_collect, joiner, stream),
                observe_timestamp_bounds=not self._answers_at_once,
            )
        self._graph.start_run(self._side_packets)
        self._opened.set()
        if not gc.isenabled():  # off since the program's start
            gc.freeze()  # what has been loaded is no garbage, and is not looked through again
            gc.enable()
        try:
            with ReadAhead(self._source) as reader:
                self._feed(reader, joiner, interrupt, writer)
        except MediaError as error:  # what came before is good and is finished
            outcome.errors.append(error)
        self._graph.close_all_input_streams()
        self._graph.wait_until_done()
        joiner.finish()

    def _take(self, writer: WriteBehind, record: FrameRecord) -> None:
        """Hands a record on to the sinks, and counts its faces."""
        if record.result is not None:
            self._faces += len(record.result)
        writer.put(record)

    def _feed(
        self, reader: ReadAhead, joiner: RecordJoiner, interrupt: Interrupt, writer: WriteBehind
    ) -> None:
        fed = 0
        while fed != self._max_frames and not writer.futile:
            if interrupt.requested or self._stopped.is_set():
                return
            frame = reader.next(_POLL_S)
            if isinstance(frame, End):
                return
            if frame is not None:
                joiner.expect(frame)
                value = encoded_frame(self._source, frame) if self._ports.is_encoded else frame.image
                self._graph.add_packet(self._ports.input, value, frame.timestamp_us)
                if self._lockstep:
                    self._graph.wait_until_idle()
                if self._answers_at_once:
                    joiner.settle_all(frame.timestamp_us)
                fed += 1

    def _show(self, writer: WriteBehind) -> bool:
        """Shows the newest picture; returns false if the user closed the window."""
        record, now = writer.latest, time.monotonic()
        if self._window is None or record is None or record.image is None:
            return True
        if record is self._shown and now < self._show_again:
            return True
        self._shown, self._show_again = record, now + _POLL_S  # showing also reads the window's keys
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

    def _length(self) -> int | None:
        """Number of frames that will go through, None if it is unknown."""
        lengths = [length for length in (self._source.length, self._max_frames) if length is not None]
        return min(lengths, default=None)

    def _end_graph(self, outcome: RunOutcome) -> None:
        self._graph.close(finish=False)
        if self._expression is not None:
            self._expression.close()
        write_trace(self._graph, self._trace, outcome)


def _collect(joiner: RecordJoiner, stream: str, packet: Packet) -> None:
    if packet.value is None:
        joiner.settle(stream, packet.timestamp)
    else:
        joiner.add(stream, packet.timestamp, packet.value)
