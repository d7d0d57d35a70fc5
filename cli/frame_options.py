"""The options that the commands over frames share (run, puppet, makeup), and what they make of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from attention_mesh.cli.camera_options import camera_settings
from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.options import DETECTOR_HELP, DEVICE_HELP, THREADS_HELP

if TYPE_CHECKING:
    from attention_mesh.cli.run.plan import RunOptions

INPUT_HELP = (
    "Camera by number (0 is the first) or name, stream URL, video, image, folder of images, or numbered "
    "images such as frames_%04d.png."
)

PositionalInput = Annotated[
    str | None, typer.Argument(metavar="INPUT", show_default=False, help="The same as --input.")
]
ChosenInput = Annotated[str | None, typer.Option("--input", "-i", "--input_video_path", help=INPUT_HELP)]
CameraUnlessInput = Annotated[str | None, typer.Option("--input", "-i", help=f"{INPUT_HELP} (default: 0)")]
NumFaces = Annotated[
    int | None, typer.Option("--num-faces", min=1, help="Largest number of faces to find. (default: 1)")
]
ChosenDetector = Annotated[str | None, typer.Option("--detector", help=f"{DETECTOR_HELP} (default: auto)")]
ChosenThreads = Annotated[int | None, typer.Option("--threads", min=0, help=f"{THREADS_HELP} (default: 0)")]
ChosenDevice = Annotated[str | None, typer.Option("--device", help=f"{DEVICE_HELP} (default: cpu)")]
ChosenWeights = Annotated[
    str | None,
    typer.Option(
        "--weights",
        help="Whose weights: official, open, or a .tflite file of export --fused. (default: official)",
    ),
]
OtherSidePackets = Annotated[
    list[str] | None,
    typer.Option("--side-packet", help="Another side packet of the graph, as name=value. Repeatable."),
]
MaxFrames = Annotated[
    int | None, typer.Option("--max-frames", min=1, help="Stop after this many frames. (default: all)")
]
FilmFps = Annotated[
    float | None,
    typer.Option("--fps", min=0.1, help="Constant rate of a film that is written, in frames per second."),
]
FilmCodec = Annotated[
    str | None,
    typer.Option("--codec", help="Codec of a film that is written. (default: the container's)"),
]
FilmQuality = Annotated[
    float | None, typer.Option("--crf", min=0, help="Quality of a film that is written; lower is better.")
]
FilmSound = Annotated[
    bool, typer.Option("--audio/--no-audio", help="Copy the input's sound into a film that is written.")
]
FieldOfView = Annotated[
    float | None,
    typer.Option(
        "--fov",
        help="The camera's angle of view from the bottom to the top of the picture, in degrees, for poses "
        "and gaze. (default: 63)",
    ),
]

VirtualCameraSwitch = Annotated[
    bool, typer.Option("--virtual-camera", help="Show the pictures to other programs as a camera.")
]
VirtualCameraDevice = Annotated[
    str | None,
    typer.Option(
        "--virtual-camera-device",
        help="Device file or name of the virtual camera. (default: the first free one)",
    ),
]


def chosen_input(argument: str | None, option: str | None, default: str | None = None) -> str | None:
    """What is read: the argument or the option, else the default.

    Raises:
      UsageError: both are given.
    """
    if argument is not None and option is not None:
        raise UsageError(f"two inputs, {argument!r} and --input {option!r}; give one")
    return default if argument is None and option is None else (argument or option)


def shared_run_options(values: Mapping[str, Any], default_input: str | None = None) -> RunOptions:
    """What the options that the three commands share ask for; a command adds its own by `replace`.

    Args:
      values: of a command's parameters by their names in Python, typer's `Context.params`. A command declares
        all of these: input_argument, input_option, outputs, side_packet, num_faces, detector, threads,
        device, weights, max_frames, fps, codec, crf, audio, camera_size, camera_fps, camera_format.
      default_input: what is read if the user names nothing.

    Raises:
      UsageError: --camera-size or --camera-format has another form, or there are two inputs.
    """
    from attention_mesh.cli.run.plan import RunOptions

    return RunOptions(
        input=chosen_input(values["input_argument"], values["input_option"], default_input),
        outputs=tuple(values["outputs"] or ()),
        side_packets=tuple(values["side_packet"] or ()),
        graph_options={
            "num_faces": values["num_faces"],
            "detector": values["detector"],
            "num_threads": values["threads"],
            "device": values["device"],
            "weights": values["weights"],
        },
        camera=camera_settings(values["camera_size"], values["camera_fps"], values["camera_format"]),
        **{name: values[name] for name in ("max_frames", "fps", "codec", "crf", "audio")},
    )
