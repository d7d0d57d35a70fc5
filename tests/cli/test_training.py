"""`attention-mesh synthesize`, `pack-rig`, `train`: files that fit together, and errors of one line."""

import json
import os
import re
import shlex
import subprocess
import sys

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from attention_mesh.cli.app import app
from attention_mesh.models.training.check_run import check_run
from attention_mesh.models.training.config import TrainingConfig
from attention_mesh.models.training.label_file import LabelFile
from attention_mesh.tests.models.training.small_training import config_file


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
    [("batch = 3", "unknown key batch"), ('[[data]]\nfolder = "nowhere"', "there is no folder")],
)
def test_train_says_in_one_line_what_is_wrong(tmp_path, text, message):
    (tmp_path / "run.toml").write_text(text, encoding="utf-8")
    result = run("train", tmp_path / "run.toml", tmp_path / "out")
    assert result.exit_code == 1
    assert message in result.output.replace("\\", "/") and "Traceback" not in result.output


TYPOS = [
    (("train", "bad_key.toml", "out"), "unknown key own_stepz; did you mean own_steps"),
    (("train", "bad_folder.toml", "out"), "folder is 'nowhere'"),
    (("train", "no_labels.toml", "out"), "attention-mesh label"),
    (("train", "no_picture.toml", "out"), "such as gone.png"),
    (("train", "bad_start.toml", "out"), "there is no network"),
    (("train", "good.toml", "good.toml"), "is a file; expected a folder"),
    (("evaluate", "table2", "bad_study.toml", "out"), "unknown key seed; did you mean seeds"),
    (("evaluate", "table2", "study.toml", "out"), "folder is 'nowhere'"),
    (("evaluate", "table1", "--preset", "huge"), "there is no preset 'huge'"),
    (("export", "opne", "out.tflite"), "there is no network 'opne'"),
    (("train-blendshapes", "out.tflite", "--rig", "nowhere"), "ict_facekit.npz"),
]
PROGRAM = """
import json, sys
from attention_mesh.cli.app import app
for command in json.loads(sys.argv[1]):
    try:
        app(command)
    except SystemExit as end:
        heavy = {"keras", "tensorflow", "jax"} & set(sys.modules)
        print("end:", end.code, *heavy, file=sys.stderr)
"""


def test_typos_are_told_before_keras_is_imported(tmp_path):
    """Keras and TensorFlow take eight seconds to import. One process makes all these errors."""
    (tmp_path / "set").mkdir()
    (tmp_path / "empty").mkdir()
    nothing = np.full((1, 478, 3), np.nan)
    LabelFile(["gone.png"], nothing, np.zeros((1, 478, 2)), np.zeros(1)).write(tmp_path / "set/labels.npz")
    LabelFile(["run.png"], nothing, np.zeros((1, 478, 2)), np.zeros(1)).write(tmp_path / "good.npz")
    cv2.imwrite(str(tmp_path / "set/run.png"), np.zeros((8, 8, 3), np.uint8))
    good = 'data = [{folder = "set", labels = "good.npz"}]\n'
    texts = {
        "bad_key": f"own_stepz = 1\n{good}",
        "bad_folder": 'data = [{folder = "nowhere"}]',
        "no_labels": 'data = [{folder = "empty"}]',
        "no_picture": 'data = [{folder = "set"}]',
        "bad_start": f'start = "gone.keras"\n{good}',
        "good": good,
        "bad_study": "seed = 1",
        "study": f'test = [{{name = "a", folder = "nowhere"}}]\n[training]\n{good}',
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    commands = json.dumps([command for command, _ in TYPOS])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, commands], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    said = done.stderr.splitlines()
    assert said[1::2] == ["end: 1"] * len(TYPOS)  # one line each, and nothing heavy
    for line, (_, message) in zip(said[::2], TYPOS, strict=True):
        assert message in line
    assert not (tmp_path / "out").exists()


def test_init_writes_a_config_that_the_next_commands_take(tmp_path):
    result = run("train", "init", tmp_path / "first")
    assert result.exit_code == 0, result.output
    config = TrainingConfig.read(tmp_path / "first/run.toml")
    assert config.data[0].held_out == 0.1 and config.validation_steps > 0
    synthesize, train = (shlex.split(line)[1:] for line in result.output.splitlines()[1:])
    assert synthesize[:2] == ["synthesize", str(tmp_path / "first/faces")]
    assert train == ["train", str(tmp_path / "first/run.toml"), str(tmp_path / "first/out")]
    refused = run("train", "init", tmp_path / "first")
    assert refused.exit_code == 2 and "exists" in refused.output


def test_a_training_shows_itself_and_a_finished_one_changes_nothing(tmp_path):
    """One small training as a process, whose stderr is no terminal."""
    faces = tmp_path / "faces"
    assert run("synthesize", faces, "--count", 6, "--size", 96, "-j", 1).exit_code == 0
    top = 'network = "mesh"\nideal_steps = 2\nown_steps = 0\nvalidation_steps = 1'
    file = config_file(tmp_path, faces, top, "held_out = 0.4")
    command = [sys.executable, "-m", "attention_mesh", "train", str(file), str(tmp_path / "out")]
    environment = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    environment["KERAS_BACKEND"] = "tensorflow"
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    lines = done.stderr.splitlines()
    assert lines[0] == "loading Keras"
    assert [line for line in lines if line.startswith("step ")][0].startswith("step 0: errors on held-out")
    assert any(line.startswith("steps 2/2, ") for line in lines)
    assert not [line for line in lines if "tensorflow" in line.lower() or "cuda" in line.lower()]
    table = [line.rsplit(maxsplit=4)[0].strip() for line in done.stdout.splitlines()[-3:]]
    assert table[0] == "before the training" and table[2] == "trained network"
    assert table[1].startswith("best on the way, step ")
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert {"network.keras", "faces.jpg", "log.csv"} <= set(before)
    again = run("train", file, tmp_path / "out")
    assert again.exit_code == 0 and "ended before" in again.output and "trained network" in again.output
    assert before == {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    # Longer: refused with the way on, which works.
    file = config_file(tmp_path, faces, top.replace("ideal_steps = 2", "ideal_steps = 3"), "held_out = 0.4")
    refused = run("train", file, tmp_path / "out")
    assert refused.exit_code == 1 and "another ideal_steps" in refused.output
    (start,) = re.findall(r"start = .*?\.keras\"", refused.output)
    config = TrainingConfig.read(config_file(tmp_path, faces, f"{top}\n{start}", "held_out = 0.4"))
    check_run(config, tmp_path / "further", tmp_path)


def test_train_on_all_devices_says_that_it_needs_jax(tmp_path):
    LabelFile(["a.png"], np.zeros((1, 478, 3)), np.ones((1, 478, 2)), np.ones(1)).write(
        tmp_path / "nowhere/labels.npz"
    )
    cv2.imwrite(str(tmp_path / "nowhere/a.png"), np.zeros((8, 8, 3), np.uint8))
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
