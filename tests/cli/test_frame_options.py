"""The options that the commands over frames share mean the same in each."""

import pytest
import typer

from attention_mesh.cli.app import app
from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.frame_options import shared_run_options
from attention_mesh.cli.run.plan import RunOptions
from attention_mesh.media.camera_source import CameraSettings


def shared(command: str, line: str, default_input: str | None = None) -> RunOptions:
    context = typer.main.get_command(app).commands[command].make_context(command, line.split())
    return shared_run_options(context.params, default_input)


@pytest.mark.parametrize("command", ["run", "puppet", "makeup"])
def test_every_option_arrives(command):
    options = shared(
        command,
        "-i film.mp4 -o a.mp4 --output b.png --side-packet a=1 --side-packet b=2 --num-faces 3 --detector "
        "full --threads 2 --device auto --weights open --max-frames 12 --fps 29.97 --codec vp9 --crf 31 "
        "--no-audio --camera-size 640x480 --camera-fps 60 --camera-format MJPG",
    )
    assert options == RunOptions(
        input="film.mp4",
        outputs=("a.mp4", "b.png"),
        side_packets=("a=1", "b=2"),
        graph_options={
            "num_faces": 3,
            "detector": "full",
            "num_threads": 2,
            "device": "auto",
            "weights": "open",
        },
        max_frames=12,
        fps=29.97,
        codec="vp9",
        crf=31.0,
        audio=False,
        camera=CameraSettings((640, 480), 60.0, "MJPG"),
    )


@pytest.mark.parametrize("command", ["run", "puppet", "makeup"])
def test_what_is_not_given_is_left_to_the_plan(command):
    nothing = {"num_faces": None, "detector": None, "num_threads": None, "device": None, "weights": None}
    assert shared(command, "") == RunOptions(input=None, graph_options=nothing)


@pytest.mark.parametrize("line", ["", "film.mp4", "-i film.mp4", "--input film.mp4"])
def test_a_default_stands_in_for_an_input_alone(line):
    options = shared("puppet", line, default_input="0")
    assert options.input == ("film.mp4" if line else "0")


@pytest.mark.parametrize("command", ["run", "puppet", "makeup"])
def test_a_wrong_size_of_a_camera_is_refused(command):
    with pytest.raises(UsageError, match="--camera-size 720p"):
        shared(command, "--camera-size 720p")
