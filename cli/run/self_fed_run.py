"""One run of a graph that reads and writes its files itself."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from attention_mesh.cli.abandon import abandon
from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.interrupt import Interrupt
from attention_mesh.cli.run.graph_choice import check_side_packets
from attention_mesh.cli.run.graph_side_packets import side_packet_of_port, side_packet_types
from attention_mesh.cli.run.side_packets import parse_side_packets
from attention_mesh.cli.user_command import (
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_OK,
    error_text,
    report,
)
from attention_mesh.framework import CalculatorGraph, CancelledError, ValidatedGraph
from attention_mesh.media.errors import MediaError
from attention_mesh.media.output_path import make_folder_of

_POLL_S = 0.1  # how soon Ctrl-C is noticed
_GRACE_S = 1.0  # after a second Ctrl-C: how long nodes that run may take to return


def run_self_fed(
    graph: ValidatedGraph,
    *,
    source_name: str | None = None,
    outputs: Sequence[str] = (),
    entries: Sequence[str] = (),
    trace: Path | None = None,
    debug: bool = False,
) -> int:
    """Runs a graph without input streams to its end; returns the exit code.

    `source_name` and the one of `outputs` become the side packets of the nodes that read INPUT_FILE_PATH
    and OUTPUT_FILE_PATH. `entries`: side packets as name=value. `trace`: where to write the Chrome trace.

    Raises UsageError for files that no node takes, and for side packets that are missing or unknown.
    """
    packets: dict[str, Any] = {}
    if len(outputs) > 1:
        raise UsageError(f"--output {outputs[1]}: a graph without input streams writes one file itself")
    for flag, tag, value in (
        ("--input", "INPUT_FILE_PATH", source_name),
        ("--output", "OUTPUT_FILE_PATH", outputs[0] if outputs else None),
    ):
        if value is None:
            continue
        name = side_packet_of_port(graph, tag)
        if name is None:
            raise UsageError(
                f"{flag} {value}: the graph has no input stream, and none of its nodes takes a side packet "
                f"{tag} from outside"
            )
        packets[name] = value
    packets.update(parse_side_packets(entries, side_packet_types(graph)))
    check_side_packets(graph, packets)
    running = CalculatorGraph(validated_graph=graph, trace=trace is not None)
    errors: list[BaseException] = []
    with Interrupt() as interrupt:
        waiting = threading.Thread(
            target=_run, args=(running, packets, errors), name="attention-mesh run", daemon=True
        )
        waiting.start()
        stopping: threading.Thread | None = None
        while waiting.is_alive():
            waiting.join(_POLL_S)
            if interrupt.requested and (stopping is None or not stopping.is_alive()):
                # On a thread, as it may have to wait for a node.
                stopping = threading.Thread(target=running.cancel, name="attention-mesh cancel", daemon=True)
                stopping.start()
            if interrupt.urgent_for(_GRACE_S) and waiting.is_alive():
                abandon(
                    "stopped by the user; a node of the graph did not return and was left, and what the "
                    "graph wrote may be incomplete"
                )
    if trace is not None:
        try:
            make_folder_of(trace)
            running.write_trace(trace)
        except (OSError, MediaError) as error:
            errors.append(error)
    errors = [error for error in errors if not isinstance(error, CancelledError)]
    for error in errors:
        if debug:
            raise error
        report(error_text(error))
    if interrupt.requested:
        whole = "" if errors else "; what the graph wrote is complete"
        report(f"stopped by the user{whole}", "warning")
        return EXIT_INTERRUPTED
    if not errors:
        typer.echo(f"{outputs[0]}: written by the graph" if outputs else "the graph has ended", err=True)
    return EXIT_FAILED if errors else EXIT_OK


def _run(graph: CalculatorGraph, packets: dict[str, Any], errors: list[BaseException]) -> None:
    try:
        with graph:
            graph.start_run(packets)
            graph.wait_until_done()
    except BaseException as error:  # noqa: BLE001 - the main thread reports it
        errors.append(error)
