"""`attention-mesh makeup`: the faces of pictures, films and cameras wear a look."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from attention_mesh.cli.camera_options import CameraFormat, CameraFps, CameraSize
from attention_mesh.cli.options import DETECTOR_HELP, THREADS_HELP, Debug
from attention_mesh.cli.user_command import user_command

if TYPE_CHECKING:
    from attention_mesh.cli.run.plan import FramePlan, RunOptions

DEFAULT_LOOK = "everyday_nude"


def plan_makeup(options: RunOptions, look: str, show: bool | None) -> FramePlan:
    """Checks the command line and decides what to run.

    Args:
      options: what the command has in common with `run`; its `show` is ignored.
      look: name of a look that comes with the package, or path of a .pbtxt file.
      show: whether a window shows the pictures; None if one is wanted where nothing is written.

    Raises:
      UsageError: options are wrong or contradict each other; the look is absent or wrong.
    """
    from attention_mesh.cli.errors import UsageError
    from attention_mesh.cli.run.path_checks import check_paths
    from attention_mesh.cli.run.plan import FramePlan, plan_run
    from attention_mesh.drawing.errors import LookError
    from attention_mesh.drawing.makeup.look import load_look, look_names
    from attention_mesh.media.display_window import display_is_there
    from attention_mesh.python_bindings.landmarker.face_mesh_graph import face_mesh_graph_path

    try:
        load_look(look)
    except LookError as error:
        raise UsageError(f"--look: {error}") from error
    if show is None:
        show = not options.outputs and display_is_there()
    if not options.outputs and not show:
        raise UsageError("nothing to do with the result: give --output, or --show (there is no display)")
    if look not in look_names():
        check_paths(options.input, options.outputs, None, [Path(look)])
    plan = plan_run(
        replace(
            options,
            show=show,
            graph=face_mesh_graph_path("face_makeup"),
            graph_options={**options.graph_options, "look": look},
        )
    )
    assert isinstance(plan, FramePlan)
    return plan


@user_command
def makeup(
    source_name: Annotated[
        str,
        typer.Option(
            "--input",
            "-i",
            help="Camera by number (0 is the first) or name, stream URL, video, image, folder of images, or "
            "numbered images such as frames_%04d.png.",
        ),
    ] = "0",
    look: Annotated[
        str,
        typer.Option(
            help="A look of the package (everyday_nude, red_gloss, …; a wrong name lists them), or a .pbtxt "
            "file."
        ),
    ] = DEFAULT_LOOK,
    outputs: Annotated[
        list[str] | None,
        typer.Option("--output", "-o", help="Video, image or folder of images with makeup. Repeatable."),
    ] = None,
    show: Annotated[
        bool | None,
        typer.Option(
            "--show/--no-show",
            help="Show the result in a window; q or Esc stops. (default: if nothing is written, and there "
            "is a display)",
        ),
    ] = None,
    num_faces: Annotated[
        int | None, typer.Option(min=1, help="Largest number of faces to find. (default: 1)")
    ] = None,
    detector: Annotated[str | None, typer.Option(help=f"{DETECTOR_HELP} (default: auto)")] = None,
    threads: Annotated[int | None, typer.Option(min=0, help=f"{THREADS_HELP} (default: 0)")] = None,
    side_packet: Annotated[
        list[str] | None,
        typer.Option("--side-packet", help="Another side packet of the graph, as name=value. Repeatable."),
    ] = None,
    max_frames: Annotated[
        int | None, typer.Option(min=1, help="Stop after this many frames. (default: all)")
    ] = None,
    fps: Annotated[
        float | None,
        typer.Option(min=0.1, help="Constant rate of a film that is written, in frames per second."),
    ] = None,
    codec: Annotated[
        str | None, typer.Option(help="Codec of a film that is written. (default: the container's)")
    ] = None,
    crf: Annotated[
        float | None, typer.Option(min=0, help="Quality of a film that is written; lower is better.")
    ] = None,
    audio: Annotated[
        bool, typer.Option("--audio/--no-audio", help="Copy the input's sound into a film that is written.")
    ] = True,
    camera_size: CameraSize = None,
    camera_fps: CameraFps = None,
    camera_format: CameraFormat = None,
    debug: Debug = False,
) -> int:
    """Paint lipstick on the faces of a camera, video or photo."""
    from attention_mesh.cli.camera_options import camera_settings
    from attention_mesh.cli.run.execute import execute_frames
    from attention_mesh.cli.run.plan import RunOptions
    from attention_mesh.cli.run.report import report_frames

    options = RunOptions(
        input=source_name,
        outputs=tuple(outputs or ()),
        side_packets=tuple(side_packet or ()),
        graph_options={"num_faces": num_faces, "detector": detector, "num_threads": threads},
        max_frames=max_frames,
        fps=fps,
        codec=codec,
        crf=crf,
        audio=audio,
        camera=camera_settings(camera_size, camera_fps, camera_format),
    )
    return report_frames(execute_frames(plan_makeup(options, look, show)), debug)
