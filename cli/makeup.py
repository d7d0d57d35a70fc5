"""`attention-mesh makeup`: the faces of pictures, films and cameras wear a look."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from attention_mesh.cli.camera_options import CameraFormat, CameraFps, CameraSize
from attention_mesh.cli.frame_options import (
    CameraUnlessInput,
    ChosenDetector,
    ChosenDevice,
    ChosenThreads,
    ChosenWeights,
    FilmCodec,
    FilmFps,
    FilmQuality,
    FilmSound,
    MaxFrames,
    NumFaces,
    OtherSidePackets,
    PositionalInput,
    shared_run_options,
)
from attention_mesh.cli.options import Debug
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
            still_graph=face_mesh_graph_path("face_makeup_still"),
            graph_options={**options.graph_options, "look": look},
        )
    )
    assert isinstance(plan, FramePlan)
    return plan


@user_command
def makeup(
    context: typer.Context,
    input_argument: PositionalInput = None,
    input_option: CameraUnlessInput = None,
    look: Annotated[
        str,
        typer.Option(
            help="A look of the package (everyday_nude, classic_red, stage …; a wrong name lists them), or a "
            ".pbtxt file."
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
    num_faces: NumFaces = None,
    detector: ChosenDetector = None,
    threads: ChosenThreads = None,
    device: ChosenDevice = None,
    weights: ChosenWeights = None,
    side_packet: OtherSidePackets = None,
    max_frames: MaxFrames = None,
    fps: FilmFps = None,
    codec: FilmCodec = None,
    crf: FilmQuality = None,
    audio: FilmSound = True,
    camera_size: CameraSize = None,
    camera_fps: CameraFps = None,
    camera_format: CameraFormat = None,
    debug: Debug = False,
) -> int:
    """Paint makeup on the faces of a camera, video or photo."""
    from attention_mesh.cli.run.execute import execute_frames
    from attention_mesh.cli.run.report import report_frames

    plan = plan_makeup(shared_run_options(context.params, default_input="0"), look, show)
    return report_frames(execute_frames(plan), debug)
