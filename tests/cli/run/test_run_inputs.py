"""`attention-mesh run`: films of photos, files with odd names, cameras' options, rows of all frames."""

import json
import os

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from attention_mesh.cli.app import app
from attention_mesh.media.image_file import read_image, write_image
from attention_mesh.media.video_file_source import VideoFileSource
from attention_mesh.tests.cli.run.output_files import rows


def run(*arguments):
    """Runs the command in this process; returns the exit code and the output."""
    result = CliRunner().invoke(app, ["run", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.fixture
def moving(tmp_path, astronaut):
    """Six photos of a face that moves 2 px to the right each, with nobody in the first and the fourth."""
    folder = tmp_path / "moving"
    folder.mkdir()
    for index in range(6):
        photo = np.roll(astronaut, 2 * index, axis=1) if index not in (0, 3) else np.full_like(astronaut, 90)
        write_image(folder / f"f_{index:04d}.jpg", photo)
    return folder


@pytest.mark.parametrize("pattern", [False, True])
def test_photos_are_a_film_that_is_tracked_with_a_row_for_every_frame(tmp_path, moving, pattern):
    source = ["-i", moving / "f_%04d.jpg"] if pattern else ["-i", moving, "--as-video"]
    outputs = [tmp_path / "out.csv", tmp_path / "out.jsonl", tmp_path / "out.mp4"]
    code, text = run(
        *source, "--fps", "10", "--all-frames", *(part for out in outputs for part in ("-o", out))
    )
    assert code == 0, text
    table = rows(outputs[0])
    assert [int(row["frame"]) for row in table] == list(range(6))
    assert [int(row["timestamp_us"]) for row in table] == [100_000 * index for index in range(6)]
    assert [row["x0"] == "" for row in table] == [True, False, False, True, False, False]
    assert table[1]["track_id"] == table[2]["track_id"] != "0"  # tracked, unlike photos
    lines = [json.loads(line) for line in outputs[1].read_text("utf-8").splitlines()]
    assert [line["landmarks_px"] is None for line in lines] == [True, False, False, True, False, False]
    with VideoFileSource(outputs[2]) as film:
        assert len(list(film)) == 6 and film.fps == pytest.approx(10)


def test_photos_with_odd_names_become_pictures_with_these_names(tmp_path, astronaut, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = [
        "photo_100%.jpg",
        "frame_%d.png",
        "-o.png",
        "[1].png",
        "two\nlines.png",
        os.fsdecode(b"b\xff.png"),
    ]
    os.mkdir("0")
    small = cv2.resize(astronaut, (200, 200), interpolation=cv2.INTER_AREA)
    for name in names:
        write_image(f"0/{name}", small)
    code, text = run("-i", "0", "-o", "50%_%d", "-o", "-.csv")
    assert code == 0, text
    assert {entry.name for entry in (tmp_path / "50%_%d").iterdir()} == set(names)
    assert len(rows(tmp_path / "-.csv")) == len(names)
    code, text = run("-i", "0/-o.png", "-o", "-annotated.png")
    assert code == 0 and read_image("-annotated.png").shape == (200, 200, 3), text


def test_a_photo_of_a_phone_is_read_in_a_folder_and_one_that_is_not_read_is_named(tmp_path, astronaut):
    heif = pytest.importorskip("pillow_heif", reason="in the extra heif")
    folder = tmp_path / "photos"
    folder.mkdir()
    write_image(folder / "a.jpg", astronaut)
    heif.from_bytes("RGB", (512, 512), astronaut.tobytes()).save(folder / "b.HEIC", quality=90)
    (folder / "c.jxl").write_bytes(b"\xff\x0a" + bytes(100))
    code, text = run("-i", folder, "-o", tmp_path / "out.csv", "-o", tmp_path / "out")
    assert code == 1 and "c.jxl: photos in the format JPEG XL cannot be read" in text.replace("\n", "")
    first, second = rows(tmp_path / "out.csv")
    assert abs(float(first["x1"]) - float(second["x1"])) < 2  # px: the same nose
    assert {entry.name for entry in (tmp_path / "out").iterdir()} == {"a.jpg", "b.HEIC.png"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--camera-size", "big"], "expected width and height"),
        (["--camera-size", "640x480"], "is no camera"),
        (["--camera-format", "MPEG4"], "expected four characters"),
        (["--all-frames"], "no --output is a table"),
        (["--pose"], "--pose does not apply: no --output is a table"),
        (["--calibrate", "3"], "it is for --blendshapes"),
        (["--fov", "40"], "--fov does not apply: it is for --pose, --gaze and --draw gaze"),
        (["--draw", "motion"], "--draw motion does not apply: images are unrelated"),
        (["--draw", "glitter"], "known layers: depth, motion, mesh, contours, irises, gaze"),
        (["--rerun", ""], "--rerun: the text is empty; expected viewer, a file.rrd, or host:port"),
        (["--rerun", "two words"], "--rerun two words: expected viewer, a file.rrd, or host:port"),
        (["--fov", "180"], "--fov 180: expected degrees, 1 or more and below 180"),
        (["--fov", "nan"], "--fov nan: expected degrees"),
    ],
)
def test_options_that_do_not_fit_are_refused(moving, tmp_path, options, message):
    code, text = run("-i", moving / "f_0001.jpg", "-o", tmp_path / "out.png", *options)
    assert code == 2 and message in text


def test_a_name_that_is_neither_a_file_nor_a_camera_is_an_error_that_says_so(tmp_path):
    code, text = run("-i", "No such webcam", "-o", tmp_path / "out.csv")
    assert code == 1 and "there is no such file or folder" in text and "attention-mesh cameras" in text


@pytest.mark.parametrize(
    ("output", "options", "message"),
    [
        ("a.png", ["--side-packet", "weights=none.tflite"], "error: weights 'none.tflite': there is no such"),
        ("file/a.png", [], "error: file/a.png: Not a directory."),
    ],
)
@pytest.mark.parametrize("command", ["run", "makeup"])
def test_a_run_that_fails_before_its_first_frame_counts_none(
    command, output, options, message, astronaut, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    write_image("photo.png", astronaut)
    (tmp_path / "file").touch()  # no folder
    result = CliRunner().invoke(app, [command, "-i", "photo.png", "-o", output, *options])
    assert result.exit_code == 1
    assert result.output.startswith(message) and result.output.count("\n") == 1
