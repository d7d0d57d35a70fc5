"""`attention-mesh run`: annotated pictures and landmark tables of a camera, video or photos."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from attention_mesh.cli.camera_options import CameraFormat, CameraFps, CameraSize
from attention_mesh.cli.frame_options import (
    ChosenDetector,
    ChosenDevice,
    ChosenInput,
    ChosenThreads,
    ChosenWeights,
    FieldOfView,
    FilmSound,
    MaxFrames,
    NumFaces,
    PositionalInput,
    VirtualCameraDevice,
    VirtualCameraSwitch,
    shared_run_options,
)
from attention_mesh.cli.options import AllowGraphFiles, Calculators, Debug, GraphPath
from attention_mesh.cli.user_command import user_command


class LandmarkColumns(str, Enum):
    """Values of --columns."""

    ALL = "all"
    NAMED = "named"


@user_command
def run(
    context: typer.Context,
    input_argument: PositionalInput = None,
    input_option: ChosenInput = None,
    outputs: Annotated[
        list[str] | None,
        typer.Option(
            "--output",
            "-o",
            "--output_video_path",
            help="Annotated video, image or folder of images, or landmarks as .parquet, .jsonl or .csv. "
            "Repeatable.",
        ),
    ] = None,
    show: Annotated[
        bool, typer.Option("--show", help="Show the annotated frames in a window; q or Esc stops the run.")
    ] = False,
    draw: Annotated[
        str | None,
        typer.Option(
            help="What is drawn, with commas between: depth, motion, mesh, contours, irises, gaze, roi, "
            "boxes, labels, ids. (default: contours,irises, and ids in a video)"
        ),
    ] = None,
    rerun: Annotated[
        str | None,
        typer.Option(
            "--rerun",
            help="Log frames, landmarks, scores and what --pose, --blendshapes and --gaze measure for Rerun "
            "(extra rerun): viewer to open it, a file.rrd, or host:port of a viewer.",
        ),
    ] = None,
    virtual_camera: VirtualCameraSwitch = False,
    virtual_camera_device: VirtualCameraDevice = None,
    graph: Annotated[
        Path | None,
        typer.Option(
            "--graph",
            "--calculator_graph_config_file",
            help="Graph to run, .pbtxt or .binarypb. (default: the face mesh)",
        ),
    ] = None,
    graph_path: GraphPath = None,
    calculators: Calculators = None,
    allow_graph_files: AllowGraphFiles = False,
    side_packet: Annotated[
        list[str] | None,
        typer.Option("--side-packet", help="Side packet of the graph, as name=value. Repeatable."),
    ] = None,
    input_side_packets: Annotated[
        str | None,
        typer.Option("--input_side_packets", help="Several side packets, as a=1,b=2."),
    ] = None,
    num_faces: NumFaces = None,
    detector: ChosenDetector = None,
    smooth: Annotated[
        bool | None,
        typer.Option(
            "--smooth/--no-smooth",
            help="Smooth the landmarks over time. (default: on for a video, off for images)",
        ),
    ] = None,
    threads: ChosenThreads = None,
    device: ChosenDevice = None,
    weights: ChosenWeights = None,
    max_frames: MaxFrames = None,
    fps: Annotated[
        float | None,
        typer.Option(
            min=0.1,
            help="Constant rate of a film that is written, in frames per second. (default: each frame stands "
            "where it stood in the input) Also the rate of images that are read as a film. (default: 30)",
        ),
    ] = None,
    codec: Annotated[
        str | None,
        typer.Option(
            help="Codec of a film that is written: h264, hevc, av1, vp9, vp8, mpeg4, mjpeg, prores. "
            "(default: the container's; h264 for .mp4)"
        ),
    ] = None,
    crf: Annotated[
        float | None,
        typer.Option(
            min=0, help="Quality of a film that is written; lower is better. (default: the codec's)"
        ),
    ] = None,
    audio: FilmSound = True,
    as_video: Annotated[
        bool,
        typer.Option("--as-video", help="Read a folder of images as the frames of one film, see --fps."),
    ] = False,
    all_frames: Annotated[
        bool, typer.Option("--all-frames", help="Give frames without a face a row in tables, too.")
    ] = False,
    landmark_columns: Annotated[
        LandmarkColumns,
        typer.Option(
            "--columns",
            help="Landmarks of tables: all, or the named ones (nose_tip, mouth_left …), a column each.",
        ),
    ] = LandmarkColumns.ALL,
    pose: Annotated[bool, typer.Option("--pose", help="Add head poses to tables.")] = False,
    blendshapes: Annotated[
        bool, typer.Option("--blendshapes", help="Add ARKit's 52 blend shapes to tables.")
    ] = False,
    calibrate: Annotated[
        float,
        typer.Option(
            min=0, help="Seconds over which the neutral face of each person is learned, for --blendshapes."
        ),
    ] = 0.0,
    fov: FieldOfView = None,
    gaze: Annotated[bool, typer.Option("--gaze", help="Add the eyes' directions to tables.")] = False,
    blinks: Annotated[
        bool, typer.Option("--blinks", help="Add eye aspect ratios and blinks to tables.")
    ] = False,
    camera_size: CameraSize = None,
    camera_fps: CameraFps = None,
    camera_format: CameraFormat = None,
    trace: Annotated[
        Path | None, typer.Option(help="File for a Chrome trace (JSON) of the graph's nodes.")
    ] = None,
    debug: Debug = False,
) -> int:
    """Run the face mesh, or your own graph, on a camera, video, image or folder of images.

    A graph without input streams decodes its file itself and runs to its end; --input and --output are then
    the files that its nodes read and write.

    The flags of MediaPipe's desktop programs work too: --calculator_graph_config_file, --input_video_path,
    --output_video_path and --input_side_packets.
    """
    from attention_mesh.cli.run.perform import perform
    from attention_mesh.cli.run.side_packets import split_entries

    columns = {"--pose": pose, "--blendshapes": blendshapes, "--gaze": gaze, "--blinks": blinks}
    shared = shared_run_options(context.params)
    return perform(
        replace(
            shared,
            show=show,
            rerun=rerun,
            virtual_camera=virtual_camera_device or ("first" if virtual_camera else None),
            graph=graph,
            graph_path=tuple(graph_path or ()),
            calculators=tuple(calculators or ()),
            allow_graph_files=allow_graph_files,
            side_packets=(*shared.side_packets, *split_entries(input_side_packets or "")),
            graph_options={**shared.graph_options, "smooth_landmarks": smooth, "layers": draw},
            trace=trace,
            as_film=as_video,
            all_frames=all_frames,
            named_points=landmark_columns is LandmarkColumns.NAMED,
            calibrate=calibrate,
            fov=fov,
            columns=tuple(option for option, is_given in columns.items() if is_given),
            value_columns=graph is not None,
        ),
        debug,
    )
