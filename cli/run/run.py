"""`attention-mesh run`: frames in, annotated pictures and landmark tables out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from attention_mesh.cli.user_command import user_command


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
    from attention_mesh.cli.run.execute import execute_frames
    from attention_mesh.cli.run.plan import FramePlan, RunOptions, plan_run
    from attention_mesh.cli.run.report import report_frames, report_self_fed
    from attention_mesh.cli.run.self_fed_run import run_self_fed
    from attention_mesh.cli.run.side_packets import split_entries

    plan = plan_run(
        RunOptions(
            input=source_name,
            outputs=tuple(outputs or ()),
            show=show,
            graph=graph,
            graph_path=tuple(graph_path or ()),
            calculators=tuple(calculators or ()),
            side_packets=(*(side_packet or ()), *split_entries(input_side_packets or "")),
            graph_options={
                "num_faces": num_faces,
                "detector": detector,
                "smooth_landmarks": smooth,
                "num_threads": threads,
            },
            max_frames=max_frames,
            fps=fps,
            trace=trace,
        )
    )
    if isinstance(plan, FramePlan):
        return report_frames(execute_frames(plan), debug)
    return report_self_fed(run_self_fed(plan), plan.output, debug)
