"""`attention-mesh synthesize`, `label`, `train`: files that fit one another, and errors of one line."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from attention_mesh.cli.app import app
from attention_mesh.models.training.label_file import LabelFile


def run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def write_photo(file: Path, image: np.ndarray) -> None:
    cv2.imwrite(str(file), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))


@pytest.fixture(scope="module")
def photos(tmp_path_factory, astronaut) -> Path:
    """A portrait, the same one small, and a picture of nothing."""
    folder = tmp_path_factory.mktemp("photos")
    write_photo(folder / "a.png", astronaut)
    write_photo(folder / "b.png", cv2.resize(astronaut, (200, 200), interpolation=cv2.INTER_AREA))
    write_photo(folder / "c.png", np.full((100, 100, 3), 90, np.uint8))
    return folder


def test_label_trusts_a_clear_face_and_doubts_the_rest(photos, tmp_path):
    result = run("label", photos, tmp_path / "labels.npz")
    assert result.exit_code == 0, result.output
    assert "3 photos labeled, 2 of them doubtful" in result.output
    assert "c.png: no face found" in result.output and "b.png: the face is" in result.output
    labels = LabelFile.read(tmp_path / "labels.npz")
    assert labels.names == ["a.png", "b.png", "c.png"]
    assert labels.presence.tolist() == [1, 1, 0]
    assert labels.weights.any((1, 2)).tolist() == [True, False, False]
    # The astronaut's nose tip and eyes, as a person would point at them.
    np.testing.assert_allclose(labels.landmarks[0, 1, :2], (219, 131), atol=6)
    assert labels.landmarks[0, 33, 0] < labels.landmarks[0, 263, 0]


def test_label_reports_an_unreadable_photo_and_keeps_the_rest(photos, tmp_path):
    write_photo(tmp_path / "a.png", cv2.imread(str(photos / "a.png"))[:, :, ::-1])
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    result = run("label", tmp_path, tmp_path / "labels.npz")
    assert result.exit_code == 1 and "broken.jpg" in result.output
    assert LabelFile.read(tmp_path / "labels.npz").names == ["a.png"]


def test_synthesize_wears_the_skin_of_labeled_portraits(photos, tmp_path):
    assert run("label", photos, tmp_path / "labels.npz").exit_code == 0
    options = ("--count", 4, "--size", 96, "-j", 1, "--portraits", photos)
    result = run("synthesize", tmp_path / "faces", *options, "--labels", tmp_path / "labels.npz")
    assert result.exit_code == 0, result.output
    assert "4 pictures" in result.output
    labels = LabelFile.read(tmp_path / "faces/labels.npz")
    assert [(tmp_path / "faces" / name).is_file() for name in labels.names] == [True] * 4
    refused = run("synthesize", tmp_path / "other", *options)
    assert refused.exit_code == 2 and "--portraits and --labels go together" in refused.output


def test_a_rig_that_is_none_is_one_line(tmp_path):
    result = run("synthesize", tmp_path / "faces", "--count", 1, "--rig", tmp_path)
    assert result.exit_code == 1
    assert "ict_facekit.npz" in result.output and "Traceback" not in result.output


@pytest.mark.parametrize(
    ("text", "message"),
    [("batch = 3", "unknown key batch"), ('[[data]]\nfolder = "nowhere"', "nowhere/labels.npz")],
)
def test_train_says_in_one_line_what_is_wrong(tmp_path, text, message):
    (tmp_path / "run.toml").write_text(text, encoding="utf-8")
    result = run("train", tmp_path / "run.toml", tmp_path / "out")
    assert result.exit_code == 1
    assert message in result.output.replace("\\", "/") and "Traceback" not in result.output


def test_train_on_all_devices_says_that_it_needs_jax(tmp_path):
    (tmp_path / "run.toml").write_text('[[data]]\nfolder = "nowhere"', encoding="utf-8")
    result = run("train", tmp_path / "run.toml", tmp_path / "out", "--all-devices")
    assert result.exit_code == 1 and not (tmp_path / "out").exists()
    assert "several devices need JAX" in result.output and "Traceback" not in result.output


def test_pack_rig_says_what_a_folder_lacks(tmp_path):
    result = run("pack-rig", tmp_path, tmp_path / "rig")
    text = " ".join(result.output.split())
    assert result.exit_code == 1 and "cannot read" in text and "generic_neutral_mesh.obj" in text
    assert not (tmp_path / "rig").exists()


def test_synthesize_animates_labeled_portraits(photos, tmp_path):
    assert run("label", photos, tmp_path / "labels.npz").exit_code == 0
    options = ("--count", 3, "--size", 96, "-j", 1, "--animated", 1)
    result = run("synthesize", tmp_path / "faces", *options)
    assert result.exit_code == 2 and "--animated needs --portraits" in " ".join(result.output.split())
    portraits = ("--portraits", photos, "--labels", tmp_path / "labels.npz")
    result = run("synthesize", tmp_path / "faces", *options, *portraits)
    assert result.exit_code == 0, result.output
    labels = LabelFile.read(tmp_path / "faces/labels.npz")
    assert labels.presence.tolist() == [1, 1, 1] and np.isfinite(labels.landmarks).all()
    # All three are the astronaut, no two alike.
    images = [cv2.imread(str(tmp_path / "faces" / name)).astype(int) for name in labels.names]
    assert all(np.abs(one - other).mean() > 3 for one, other in zip(images, images[1:], strict=False))
