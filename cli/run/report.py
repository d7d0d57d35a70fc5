"""How a run ended: the outcome, the trace, and what the user reads of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from attention_mesh.cli.outputs.record_sink import RecordSink
from attention_mesh.cli.stop_signals import exit_code_of
from attention_mesh.cli.user_command import EXIT_FAILED, EXIT_OK, report, report_error, tell
from attention_mesh.framework import CalculatorGraph
from attention_mesh.media.errors import MediaError
from attention_mesh.media.files import make_folder_of


@dataclass
class RunOutcome:
    """How a run ended. What was finished before an error is in the outputs.

    Attributes:
      frames: how many went through the graph and into the outputs.
      interrupted: number of the signal, such as SIGINT, that ended the run; 0 if none did.
      errors: what went wrong, in order; empty if nothing did.
      skipped: texts about entries of the input that could not be read.
      notices: texts about what was odd but ended nothing.
      sinks: the outputs, closed.
    """

    frames: int = 0
    interrupted: int = 0
    errors: list[BaseException] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    sinks: Sequence[RecordSink] = ()


def write_trace(graph: CalculatorGraph, file: Path | None, outcome: RunOutcome) -> None:
    """Writes the graph's Chrome trace, if a file is given; what goes wrong joins the outcome's errors."""
    if file is None:
        return
    try:
        make_folder_of(file)
        graph.write_trace(file)
    except (OSError, MediaError) as error:
        outcome.errors.append(error)


def no_face_notice(frames: int) -> str:
    """What a user reads if none of so many frames, at least 1, had a face."""
    return "no face was found" if frames == 1 else f"no face was found in any of the {frames} frames"


def report_frames(outcome: RunOutcome, debug: bool = False) -> int:
    """Tells what a run over frames wrote and why it ended; returns the exit code.

    If `debug` is true, raises the first error instead of printing it.
    """
    for text in outcome.notices:
        report(text, "warning")
    for text in outcome.skipped:
        report(f"skipped: {text}")
    _report_errors(outcome, debug)
    complete = not outcome.errors and not outcome.skipped
    unexplained = complete and not outcome.interrupted
    for sink in outcome.sinks:
        if sink.begun:
            tell(sink.summary())
            continue
        older = Path(sink.name).exists()
        if older or unexplained:
            report(f"{sink.name}: nothing was written" + ("; what is there is from before" if older else ""))
        complete = False
    if outcome.interrupted:
        whole = "" if outcome.errors else "; what was written is complete"
        report(f"stopped by the user after {outcome.frames} frames{whole}", "warning")
        return exit_code_of(outcome.interrupted)
    return EXIT_OK if complete else EXIT_FAILED


def report_self_fed(outcome: RunOutcome, output: str | None, debug: bool = False) -> int:
    """Tells how a graph ended that wrote its file, `output`, itself; returns the exit code.

    If `debug` is true, raises the first error instead of printing it.
    """
    _report_errors(outcome, debug)
    if outcome.interrupted:
        whole = "" if outcome.errors else "; what the graph wrote is complete"
        report(f"stopped by the user{whole}", "warning")
        return exit_code_of(outcome.interrupted)
    if outcome.errors:
        return EXIT_FAILED
    tell(f"{output}: written by the graph" if output else "the graph has ended")
    return EXIT_OK


def _report_errors(outcome: RunOutcome, debug: bool) -> None:
    for error in outcome.errors:
        if debug:
            raise error
        report_error(error)
