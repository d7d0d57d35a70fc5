"""`attention-mesh puppet`: faces move avatars, in pictures, in recordings and in other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from attention_mesh.cli.camera_options import CameraFormat, CameraFps, CameraSize
from attention_mesh.cli.frame_options import (
    CameraUnlessInput,
    ChosenDetector,
    ChosenDevice,
    ChosenThreads,
    ChosenWeights,
    FieldOfView,
    FilmCodec,
    FilmFps,
    FilmQuality,
    FilmSound,
    MaxFrames,
    NumFaces,
    OtherSidePackets,
    PositionalInput,
    VirtualCameraDevice,
    VirtualCameraSwitch,
    shared_run_options,
)
from attention_mesh.cli.options import Debug
from attention_mesh.cli.user_command import EXIT_FAILED, EXIT_OK, report, tell, user_command


@user_command
def puppet(
    context: typer.Context,
    input_argument: PositionalInput = None,
    input_option: CameraUnlessInput = None,
    avatar: Annotated[
        Path | None,
        typer.Option(help="Avatar, a .glb file with ARKit's blend shapes. (default: the built-in one)"),
    ] = None,
    outputs: Annotated[
        list[str] | None,
        typer.Option("--output", "-o", help="Video, image or folder of the avatar, or table. Repeatable."),
    ] = None,
    record: Annotated[
        Path | None, typer.Option(help="Animation of the avatar, a .glb file for 3D programs.")
    ] = None,
    vmc: Annotated[
        str | None,
        typer.Option(help="Send the face by the VMC protocol, to host or host:port. (default port: 39539)"),
    ] = None,
    vmc_expressions: Annotated[
        str,
        typer.Option(
            help="Names for VMC: perfect-sync (52 shapes), or vrm0 or vrm1 for avatars that have only the "
            "presets of VRM."
        ),
    ] = "perfect-sync",
    ifacialmocap: Annotated[
        str | None,
        typer.Option(
            help="Send the face as the app iFacialMocap does, to host or host:port. (default port: 49983)"
        ),
    ] = None,
    ifacialmocap_version: Annotated[int, typer.Option(help="Version of iFacialMocap's text: 1 or 2.")] = 1,
    livelink: Annotated[
        str | None,
        typer.Option(
            help="Send the face as the app Live Link Face does, to host or host:port. (default port: 11111)"
        ),
    ] = None,
    virtual_camera: VirtualCameraSwitch = False,
    virtual_camera_device: VirtualCameraDevice = None,
    show: Annotated[
        bool | None,
        typer.Option(
            "--show/--no-show",
            help="Show the avatar in a window; q or Esc stops. (default: if nothing is written, and there "
            "is a display)",
        ),
    ] = None,
    layout: Annotated[
        str,
        typer.Option(
            help="Picture: avatar, over-frame (in place of the face) or side-by-side (with the frame)."
        ),
    ] = "avatar",
    height: Annotated[
        int,
        typer.Option(
            min=0, max=4096, help="Height of the picture, in pixels; 0 is the frame's. Less is faster."
        ),
    ] = 0,
    renderer: Annotated[
        str,
        typer.Option(
            "--avatar-renderer",
            help="What draws: gpu (extra gpu), software, or auto for a graphics card if there is one.",
        ),
    ] = "auto",
    calibrate: Annotated[
        float,
        typer.Option(
            min=0,
            max=3600,
            help="Learn each person's neutral face over this many seconds, in which it should rest; 0 for "
            "never.",
        ),
    ] = 0.0,
    fov: FieldOfView = None,
    track: Annotated[
        int,
        typer.Option(min=0, help="Track id of the face that is sent and recorded; 0 for the first one."),
    ] = 0,
    num_faces: NumFaces = None,
    detector: ChosenDetector = None,
    threads: ChosenThreads = None,
    device: ChosenDevice = None,
    weights: ChosenWeights = None,
    side_packet: OtherSidePackets = None,
    max_frames: MaxFrames = None,
    pace: Annotated[
        bool | None,
        typer.Option(
            "--pace/--no-pace",
            help="Play a film at its own pace. (default: if it is sent or shown, not if it is only written)",
        ),
    ] = None,
    fps: FilmFps = None,
    codec: FilmCodec = None,
    crf: FilmQuality = None,
    audio: FilmSound = True,
    camera_size: CameraSize = None,
    camera_fps: CameraFps = None,
    camera_format: CameraFormat = None,
    debug: Debug = False,
) -> int:
    """Move an avatar by the face in a camera or video, here and in other programs.

    What the network does not take is counted and reported at the end; it never stops the run.
    """
    from attention_mesh.cli.puppet.plan import PuppetOptions, plan_puppet
    from attention_mesh.cli.puppet.streams import PuppetCounts
    from attention_mesh.cli.run.execute import RunExtras, execute_frames
    from attention_mesh.cli.run.report import report_frames

    plan = plan_puppet(
        PuppetOptions(
            run=shared_run_options(context.params, default_input="0"),
            show=show,
            avatar=avatar,
            layout=layout,
            height=height,
            renderer=renderer,
            record=record,
            addresses={"--vmc": vmc, "--ifacialmocap": ifacialmocap, "--livelink": livelink},
            vmc_expressions=vmc_expressions,
            ifacialmocap_version=ifacialmocap_version,
            virtual_camera=virtual_camera_device or ("first" if virtual_camera else None),
            calibrate=calibrate,
            fov=fov,
            track=track,
            pace=pace,
        )
    )
    counts = PuppetCounts()
    outcome = execute_frames(plan.frames, RunExtras(watch=counts.observe, paced=plan.paced))
    if record is not None and counts.recorded:
        plural = "" if counts.recorded == 1 else "s"
        tell(f"{record}: an animation of {counts.recorded} frame{plural}")
    for summary, trouble in counts.lines():
        tell(summary)
        if trouble is not None:
            report(trouble, "warning")
    code = report_frames(outcome, debug)
    if record is not None and not counts.recorded and code == EXIT_OK:
        whose = f" with the track id {track}" if track else ""
        report(f"{record}: nothing was written, because no face{whose} was found")
        return EXIT_FAILED
    return code
