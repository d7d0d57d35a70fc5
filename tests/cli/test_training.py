"""`attention-mesh synthesize`, `pack-rig`, `train`: files that fit together, and errors of one line."""

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from attention_mesh.cli.app import app
from attention_mesh.models.training.label_file import LabelFile


def run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


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
