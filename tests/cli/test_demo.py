"""`attention-mesh demo`: the picture and the video are there, with the face drawn where it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from attention_mesh.cli.app import app

SECONDS = 2


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The demo's folder and what it printed."""
    folder = tmp_path_factory.mktemp("demo") / "results"
    program = "from attention_mesh.cli.program import main; main()"
    result = subprocess.run(
        [sys.executable, "-c", program, "demo", "--output", str(folder), "--seconds", str(SECONDS)],
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return folder, result.stdout


def test_a_file_in_place_of_its_folder_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("mine")
    result = CliRunner().invoke(app, ["demo", "--output", str(tmp_path / "results")])
    assert result.exit_code == 2
    assert f"--output {tmp_path / 'results'}: this is a file; give a folder's name" in result.output
    assert (tmp_path / "results").read_text() == "mine"


def test_the_picture_is_a_close_up_with_the_mesh_drawn(demo: tuple[Path, str], astronaut: np.ndarray) -> None:
    photo, picture = (cv2.imread(str(demo[0] / name))[..., ::-1] for name in ("photo.png", "astronaut.png"))
    assert photo.shape == picture.shape == (720, 840, 3)
    part = cv2.resize(astronaut[30:210, 120:330], (840, 720), interpolation=cv2.INTER_CUBIC)
    assert (photo == part).all()
    rows, columns = np.nonzero((picture != photo).any(axis=2))
    # The mesh covers her face, which fills most of the picture's height, and nothing far from it.
    assert 300 < np.ptp(columns) < 480 and 400 < np.ptp(rows) < 620, "px"
    assert len(rows) > 0.25 * np.ptp(rows) * np.ptp(columns), "px"
    assert abs(columns.mean() - 420) < 60 and abs(rows.mean() - 370) < 80, "px, her face's middle"


def test_lipstick_is_all_that_differs_between_the_two_faces(demo: tuple[Path, str]) -> None:
    picture = cv2.imread(str(demo[0] / "makeup.png"))[..., ::-1].astype(int)
    before, after = np.hsplit(picture, 2)
    rows, columns = np.nonzero((before != after).any(axis=2))
    assert before.shape == (720, 840, 3)
    assert 140 < np.ptp(columns) < 260 and 40 < np.ptp(rows) < 150, "px, of the mouth"
    changed = (before != after).any(axis=2)
    redness = [(image[..., 0] - image[..., 1])[changed].mean() for image in (before, after)]
    assert redness[1] > redness[0] + 30


def test_the_video_has_every_frame_with_a_face_drawn(demo: tuple[Path, str]) -> None:
    capture = cv2.VideoCapture(str(demo[0] / "astronaut.mp4"))
    size = (capture.get(cv2.CAP_PROP_FRAME_WIDTH), capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
    assert size == (1280, 720)
    green = []
    while (frame := capture.read()[1]) is not None:
        blue, bright, red = (frame[..., channel].astype(int) for channel in range(3))
        # The subject's left eye and brow are drawn in green, which the photo has nowhere.
        green.append(np.count_nonzero((bright > red + 50) & (bright > blue + 15)))
    assert len(green) == SECONDS * 30
    assert min(green) > 150, "px: the face fills half of the frame's height"


def test_the_puppet_stands_beside_the_moving_face(demo: tuple[Path, str]) -> None:
    sizes, pictures = [], {}
    for name in ("portrait", "puppet"):
        capture = cv2.VideoCapture(str(demo[0] / f"{name}.mp4"))
        frames = []
        while (frame := capture.read()[1]) is not None:
            frames.append(frame.astype(int))
        pictures[name] = np.stack(frames)
        sizes.append(frames[0].shape[:2])
    assert sizes == [(384, 384), (384, 768)]
    portrait, puppet = pictures["portrait"], pictures["puppet"]
    assert len(portrait) == len(puppet) == SECONDS * 25
    assert np.abs(puppet[:, :, :384] - portrait).mean() < 6, "levels; both films are compressed"
    avatar = puppet[:, :, 384:]
    background = np.abs(avatar - avatar[:1, :1, :1]).max(axis=3) < 25
    assert 0.2 < background.mean() < 0.8  # the rest is the avatar
    assert np.abs(np.diff(avatar, axis=0)).mean() > 0.3, "levels; it moves"


def test_it_says_where_the_results_are_and_how_fast_it_was(demo: tuple[Path, str]) -> None:
    folder, printed = demo
    assert str(folder / "astronaut.png") in printed and str(folder / "astronaut.mp4") in printed
    assert str(folder / "puppet.mp4") in printed
    assert "ms per frame" in printed and "frames per second" in printed
