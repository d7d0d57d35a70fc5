"""A run in which no face was found says so, once."""

import numpy as np
import pytest
from typer.testing import CliRunner

from attention_mesh.cli.app import app
from attention_mesh.media.image_file import write_image
from attention_mesh.media.video_file_sink import VideoFileSink
from attention_mesh.media.virtual_camera_source import VirtualCameraSource

FRAMES = 3
ONE, MORE = "warning: no face was found\n", "warning: no face was found in any of the {} frames\n"


def text_of(*arguments) -> str:
    """What a command says on stderr; its exit code is 0."""
    result = CliRunner().invoke(app, [*map(str, arguments)])
    assert result.exit_code == 0, result.output
    return result.stderr


@pytest.fixture(scope="module")
def inputs(tmp_path_factory, astronaut):
    """A folder with a gray photo, a film and a folder without a face, and a folder with one face."""
    folder = tmp_path_factory.mktemp("without_faces")
    gray = np.full((64, 64, 3), 90, np.uint8)
    camera = VirtualCameraSource(gray, (96, 64), fps=20, duration_s=FRAMES / 20)
    sink = VideoFileSink(str(folder / "film.mp4"), camera.fps)
    for frame in camera:
        sink.write(frame)
    sink.close()
    write_image(folder / "photo.png", gray)
    for name, second in (("photos", gray), ("one_face", astronaut)):
        (folder / name).mkdir()
        write_image(folder / name / "a.png", gray)
        write_image(folder / name / "b.png", second)
    return folder


@pytest.mark.parametrize("command", ["run", "makeup"])
@pytest.mark.parametrize(
    ("source", "output", "expected"),
    [
        ("photo.png", "out.png", ONE),
        ("photo.png", "out.csv", ONE),
        ("film.mp4", "out.mp4", MORE.format(FRAMES)),
        ("photos", "out", MORE.format(2)),
    ],
)
def test_a_run_that_found_no_face_says_so_once(inputs, tmp_path, command, source, output, expected):
    text = text_of(command, "-i", inputs / source, "-o", tmp_path / output)
    assert expected in text and text.count("no face") == 1


@pytest.mark.parametrize("command", ["run", "makeup"])
def test_one_face_in_one_frame_is_enough_to_say_nothing(inputs, tmp_path, command):
    assert "no face" not in text_of(command, "-i", inputs / "one_face", "-o", tmp_path / "out")


def test_a_graph_without_landmarks_says_nothing_of_faces(inputs, tmp_path):
    graph = tmp_path / "graph.pbtxt"
    graph.write_text(
        'input_stream: "IMAGE:image" output_stream: "IMAGE:picture" node { calculator: '
        '"PassThroughCalculator" input_stream: "image" output_stream: "picture" }',
        encoding="utf-8",
    )
    text = text_of("run", "--graph", graph, "-i", inputs / "photo.png", "-o", tmp_path / "out.png")
    assert "no face" not in text
