"""`attention-mesh run`: frames in, annotated pictures and landmark tables out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.user_command import (
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_OK,
    error_text,
    report,
    user_command,
)

_DEFAULT_FPS = 30.0
_STILL_FPS = 1.0
_QUEUED_FRAMES = 4  # in flight in front of any node; more only costs memory


@user_command
def run(
    source_name: Annotated[
        str | None,
        typer.Option(
            "--input",
            "-i",
            "--input_video_path",
            help="Camera number, stream URL, video, image, or folder of images.",
        ),
    ] = None,
    outputs: Annotated[
        list[str] | None,
        typer.Option(
            "--output",
            "-o",
            "--output_video_path",
            help="Annotated video, image or folder, or landmarks as .parquet, .jsonl or .csv. Repeatable.",
        ),
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Show the annotated frames; q or Esc stops.")] = False,
    graph: Annotated[
        Path | None,
        typer.Option(
            "--graph",
            "--calculator_graph_config_file",
            help="Run this graph (.pbtxt or .binarypb) instead of the face mesh's.",
        ),
    ] = None,
    graph_path: Annotated[
        list[Path] | None, typer.Option(help="Folder with subgraphs of --graph. Repeatable.")
    ] = None,
    calculators: Annotated[
        list[Path] | None, typer.Option(help="Python file with calculators for --graph. Repeatable.")
    ] = None,
    side_packet: Annotated[
        list[str] | None, typer.Option(help="Side packet of the graph, as name=value. Repeatable.")
    ] = None,
    input_side_packets: Annotated[
        str | None, typer.Option("--input_side_packets", help="Several of them, as name=value,name=value.")
    ] = None,
    num_faces: Annotated[int | None, typer.Option(min=1, help="At most so many faces. (default: 1)")] = None,
    detector: Annotated[
        str | None, typer.Option(help="auto, short (near faces) or full (far ones). (default: auto)")
    ] = None,
    smooth: Annotated[
        bool | None,
        typer.Option(
            "--smooth/--no-smooth", help="Smooth over time. (default: on for video, off for images)"
        ),
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=0, help="Threads of the networks, 0: automatic. (default: 0)")
    ] = None,
    max_frames: Annotated[int | None, typer.Option(min=1, help="Stop after so many frames.")] = None,
    fps: Annotated[
        float | None, typer.Option(min=0.1, help="Rate of a written video. (default: the input's)")
    ] = None,
    trace: Annotated[
        Path | None, typer.Option(help="Write a Chrome trace (JSON) of the graph's nodes here.")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show Python's trace of an error.")] = False,
) -> int:
    """Run the face mesh, or your own graph, on a camera, video, image or folder of images.

    A graph without input streams, which decodes its file itself, runs to its end; --input and --output are
    then the files that its nodes read and write.

    The flags of MediaPipe's desktop programs are understood too: --calculator_graph_config_file,
    --input_video_path, --output_video_path and --input_side_packets.
    """
    from attention_mesh.cli.outputs.open_sink import open_sink, sink_kind
    from attention_mesh.cli.run.graph_choice import choose_graph, load_user_graph
    from attention_mesh.cli.run.path_checks import check_paths
    from attention_mesh.cli.run.run_job import RunJob
    from attention_mesh.cli.run.self_fed_run import run_self_fed
    from attention_mesh.cli.run.side_packets import split_entries
    from attention_mesh.media.open_source import open_source
    from attention_mesh.media.output_path import check_file

    outputs = outputs or []
    entries = [*(side_packet or []), *split_entries(input_side_packets or "")]
    if (graph_path or calculators) and graph is None:
        raise UsageError("--graph-path and --calculators belong to --graph")
    check_paths(source_name, outputs, trace, [*([graph] if graph else []), *(calculators or [])])
    if trace is not None:
        check_file(trace)
    own = None if graph is None else load_user_graph(graph, graph_path or [], calculators or [])
    if own is not None and not own.inputs:
        _refuse_with_self_fed(
            {"--show": show or None, "--max-frames": max_frames, "--fps": fps, "--num-faces": num_faces}
            | {"--detector": detector, "--smooth": smooth, "--threads": threads}
        )
        return run_self_fed(
            own, source_name=source_name, outputs=outputs, entries=entries, trace=trace, debug=debug
        )
    if source_name is None:
        raise UsageError("--input is missing: a video, image, folder, stream or camera (0 is the first)")
    if not outputs and not show:
        raise UsageError("nothing to do with the result: give --output, --show, or both")
    kinds = [sink_kind(name) for name in outputs]
    wanted = {"landmarks"} if "table" in kinds else set()
    if show or any(kind != "table" for kind in kinds):
        wanted.add("image")
    given: dict[str, Any] = {
        "num_faces": num_faces,
        "detector": detector,
        "smooth_landmarks": smooth,
        "num_threads": threads,
    }
    window = _open_window(source_name) if show else None
    with open_source(source_name) as source:
        if "image" in kinds and source.length != 1:
            raise UsageError(
                f"--output {outputs[kinds.index('image')]}: one image cannot hold {source_name}; write "
                "to a video or a folder"
            )
        choice = choose_graph(
            own,
            still=source.still,
            live=source.live,
            wanted=wanted,
            given={name: value for name, value in given.items() if value is not None},
            entries=entries,
            trace=trace is not None,
        )
        choice.graph.max_queue_size = min(choice.graph.max_queue_size, _QUEUED_FRAMES)
        rate = fps or source.fps or (_STILL_FPS if source.still else _DEFAULT_FPS)
        sinks = [open_sink(name, rate, keep_time=source.live) for name in outputs]
        job = RunJob(
            source,
            choice.graph,
            choice.ports,
            choice.side_packets,
            sinks,
            lockstep=choice.lockstep,
            window=window,
            max_frames=max_frames,
            trace=trace,
        )
        outcome = job.run()
    for failure in source.failures:
        report(f"skipped: {failure}")
    for error in outcome.errors:
        if debug:
            raise error
        report(error_text(error))
    complete = not outcome.errors and not source.failures
    unexplained = complete and not outcome.interrupted
    for sink in sinks:
        if sink.begun:
            typer.echo(sink.summary(), err=True)
            continue
        older = Path(sink.name).exists()
        if older or unexplained:
            report(f"{sink.name}: nothing was written" + ("; what is there is from before" if older else ""))
        complete = False
    if outcome.interrupted:
        whole = "" if outcome.errors else "; what was written is complete"
        report(f"stopped by the user after {outcome.frames} frames{whole}", "warning")
        return EXIT_INTERRUPTED
    return EXIT_OK if complete else EXIT_FAILED


def _refuse_with_self_fed(given: dict[str, Any]) -> None:
    for flag, value in given.items():
        if value is not None:
            raise UsageError(
                f"{flag} does not apply: the graph has no input stream, it reads its file itself"
            )


def _open_window(title: str) -> Any:
    from attention_mesh.media.display_window import DisplayWindow

    return DisplayWindow(f"Attention Mesh: {title}")
