"""`attention-mesh makeup` from photos and films to pictures and films."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from attention_mesh import FaceLandmarker, FaceLandmarkerOptions, Makeup
from attention_mesh.cli.app import app
from attention_mesh.media.video_reader import VideoReader


def makeup(*arguments) -> tuple[int, str]:
    """Runs the command in this process; returns the exit code and the output."""
    result = CliRunner().invoke(app, ["makeup", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.fixture(scope="module")
def photo(astronaut, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("makeup") / "photo.png"
    cv2.imwrite(str(path), astronaut[..., ::-1])
    return path


def redness(image: np.ndarray, where: np.ndarray) -> float:
    red, green, _ = image[where].astype(float).mean(axis=0)
    return red - green


@pytest.fixture(scope="module")
def lips(astronaut) -> np.ndarray:
    with FaceLandmarker() as landmarker:
        return Makeup("red_gloss").mask((512, 512), landmarker.detect(astronaut).landmarks_px) > 0.9


def test_a_photo_is_painted_on_the_lips_only(photo, astronaut, lips, tmp_path):
    output = tmp_path / "made_up.png"
    code, text = makeup("-i", photo, "--look", "red_matte", "-o", output)
    assert code == 0, text
    image = cv2.imread(str(output))[..., ::-1]
    assert redness(image, lips) > redness(astronaut, lips) + 40
    np.testing.assert_array_equal(image[:80], astronaut[:80])
    changed = np.flatnonzero((image != astronaut).any(axis=(1, 2)))
    assert np.ptp(changed) < 40  # px, of the mouth's height


@pytest.mark.parametrize("turns", [0, 1])
def test_a_photo_is_painted_from_two_looks_at_each_face_also_if_it_lies(turns, astronaut, tmp_path):
    image = np.ascontiguousarray(np.rot90(astronaut, turns))
    photo, output = tmp_path / "photo.png", tmp_path / "made_up.png"
    cv2.imwrite(str(photo), image[..., ::-1])
    code, text = makeup("-i", photo, "--look", "red_matte", "-o", output)
    assert code == 0, text
    with FaceLandmarker(FaceLandmarkerOptions(refine_passes=2)) as landmarker:
        landmarks = landmarker.detect(image).landmarks_px
    expected = Makeup("red_matte").apply(image, landmarks)
    assert (expected != image).any()
    np.testing.assert_array_equal(cv2.imread(str(output))[..., ::-1], expected)


def test_a_film_wears_the_look_of_a_file(clip, lips, tmp_path):
    look, output = tmp_path / "mine.pbtxt", tmp_path / "made_up.mp4"
    look.write_text('lipstick { color: "#0040ff" finish: MATTE }', encoding="utf-8")
    code, text = makeup("-i", clip, "--look", look, "-o", output, "--max-frames", 4)
    assert code == 0, text
    frames = [image for image, _ in VideoReader(output)]
    plain = [image for image, _ in VideoReader(clip)][:4]
    assert len(frames) == 4
    assert all(np.ptp(a[..., 2].astype(int) - b[..., 2]) > 60 for a, b in zip(frames, plain, strict=True))


@pytest.mark.parametrize(
    ("look", "error"),
    [
        (
            'lipstick {\n  color: "red"\n  shine: 1\n}',
            'line 3: lipstick has no field "shine"; expected color,',
        ),
        ('lipstick { color: "rouge" }', 'line 1: lipstick has no color "rouge"'),
    ],
)
def test_a_wrong_look_is_one_error_before_anything_is_opened(photo, look, error, tmp_path):
    file = tmp_path / "mine.pbtxt"
    file.write_text(look, encoding="utf-8")
    code, text = makeup("-i", photo, "--look", file, "-o", tmp_path / "a.png")
    assert code == 2
    assert error in text and text.count("error:") == 1
    assert not (tmp_path / "a.png").exists()


def test_an_unknown_look_lists_the_known_ones(photo, tmp_path):
    code, text = makeup("-i", photo, "--look", "blue", "-o", tmp_path / "a.png")
    assert code == 2 and "red_gloss" in text


def test_nothing_to_do_is_an_error(photo):
    code, text = makeup("-i", photo, "--no-show")
    assert code == 2 and "--output" in text
