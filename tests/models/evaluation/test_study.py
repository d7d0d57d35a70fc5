"""Study: its runs, their training, their errors and pictures, and that finished work is kept."""

import math
import os
from pathlib import Path

import numpy as np
import pytest

import attention_mesh.models.keras_backend  # noqa: F401 - before keras
from attention_mesh.models.attention_mesh import AttentionMesh
from attention_mesh.models.errors import ConfigError
from attention_mesh.models.evaluation.study import VARIANTS, Study
from attention_mesh.models.evaluation.study_picture import study_picture
from attention_mesh.models.evaluation.table2 import ROWS, table2, table2_markdown
from attention_mesh.models.evaluation.train_study import train_study
from attention_mesh.models.training.config import TrainingConfig
from attention_mesh.models.training.initial_biases import initialize_biases
from attention_mesh.models.training.label_file import LabelFile
from attention_mesh.models.training.labeled_faces import LabeledFaces
from attention_mesh.models.training.run_folder import LOG, NETWORK, claim_folder
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig
from attention_mesh.models.training.synthetic.synthesize import synthesize
from attention_mesh.models.training.training_log import TrainingLog

STUDY = """
seeds = [4]
[training]
batch_size = 4
ideal_steps = 1
own_steps = 0
log_steps = 1
[training.sizes]
input_size = 64
widths = [4, 8, 8]
crop_size = 8
region_widths = [8, 8, 8]
neck_width = 8
mesh_landmarks = 478
[[training.data]]
folder = "faces"
[[test]]
name = "the same faces"
folder = "faces"
[[drawn]]
name = "one of them"
folder = "faces"
labels = "one.npz"
"""


@pytest.fixture(scope="module")
def study_file(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    synthesize(folder / "faces", 4, size=96, seed=3, processes=1)
    labels = LabeledFaces(folder / "faces").labels
    face = [int(labels.presence.argmax())]
    rows = (labels.landmarks[face], labels.weights[face], labels.presence[face])
    LabelFile([labels.names[face[0]]], *rows).write(folder / "one.npz")
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    return folder / "study.toml"


def write_run(folder: Path, config: TrainingConfig) -> None:
    """Writes what a finished training leaves, with random weights around the middle of the picture."""
    folder.mkdir(parents=True)
    claim_folder(folder, config)
    network = AttentionMesh(config.sized_preset(), config.theta)
    face = builtin_rig().landmarks(builtin_rig().neutral) * np.float32([2, -2, 2])
    initialize_biases(network, (face + 32 - face.mean(0))[None], np.ones((1, 478, 2), np.float32))
    network.save(folder / NETWORK)
    log = TrainingLog(folder / LOG)
    log.begin(0)
    log.write(config.steps, {"mesh": 1.0})


def test_runs_differ_in_what_is_compared_alone(study_file):
    runs = Study.read(study_file).runs()
    assert list(runs) == ["cascade-4", "attention-4", "predicted-4", "phase1-4"]
    assert runs["cascade-4"].network == "cascade"
    assert runs["predicted-4"].theta == "predicted" and runs["attention-4"].theta == "mesh"
    assert {run.seed for run in runs.values()} == {4}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("seeds = [4]", "seeds = []", "seeds is empty"),
        ("seeds = [4]", "seeds = ['a']", r"seeds is 'a'; expected int"),
        ("batch_size = 4", "batch_size = 0", "study.toml: training: batch_size is 0"),
        ("[[drawn]]", "[[draw]]", "unknown key draw"),
        ('name = "the same faces"', "", r"test\. is incomplete.*name"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, old, new, message):
    file = tmp_path / "study.toml"
    file.write_text(STUDY.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        Study.read(file)


@pytest.mark.slow
def test_what_is_missing_is_trained_then_all_is_measured(study_file, tmp_path, eager):
    study, base, out = Study.read(study_file), study_file.parent, tmp_path / "out"
    finished = {name: config for name, config in study.runs().items() if name != "cascade-4"}
    for name, config in finished.items():
        write_run(out / name, config)
    before = {name: (out / name / NETWORK).stat().st_mtime_ns for name in finished}
    seen: list[tuple[int, str]] = []
    train_study(study_file, out, 1, lambda steps, running: seen.append((steps, running)))
    assert seen[-1] == (4, "") and any(running == "cascade-4" for _, running in seen)
    assert before == {name: (out / name / NETWORK).stat().st_mtime_ns for name in finished}

    counts: list[int] = []
    table = table2(study, base, out, counts.append)
    assert counts == [1, 2, 3, 4] and list(table) == list(ROWS)
    for columns in table.values():
        for spread in columns["the same faces"].values():
            assert spread.mean > 0 and math.isnan(spread.deviation)
    assert table["cascade"] != table["mesh"]
    text = table2_markdown(table)
    assert "| attention mesh, θ predicted " in text and "2.99 / 3.28 / 6.60" in text

    picture = study_picture(study, base, out)
    assert picture.dtype == np.uint8 and picture.shape == (24 + 128, 4 * 128, 3)
    columns = np.split(picture[24:], 4, 1)
    assert all((column != columns[0]).any() for column in columns[1:])

    kept = {name: os.stat(out / name / "errors.json").st_mtime_ns for name in study.runs()}
    assert table2_markdown(table2(study, base, out)) == text
    assert kept == {name: os.stat(out / name / "errors.json").st_mtime_ns for name in study.runs()}

    changed = tmp_path / "changed.toml"
    changed.write_text(STUDY.replace("batch_size = 4", "batch_size = 5"), encoding="utf-8")
    with pytest.raises(ConfigError, match="attention-4 holds a training with another batch_size|cascade-4"):
        train_study(changed, out)
    assert len(VARIANTS) == 4
