"""Training: it learns, both phases run, and a killed run resumes to the same end."""

import dataclasses
import signal
import subprocess
import sys

import keras
import numpy as np
import pytest

from attention_mesh.models.attention_mesh import AttentionMesh, Mesh
from attention_mesh.models.errors import ConfigError
from attention_mesh.models.training.augmentation import Augmentation
from attention_mesh.models.training.batches import Batches
from attention_mesh.models.training.config import TrainingConfig
from attention_mesh.models.training.initial_biases import initialize_biases
from attention_mesh.models.training.label_file import LabelFile
from attention_mesh.models.training.labeled_faces import LabeledFaces
from attention_mesh.models.training.train import train
from attention_mesh.models.training.training_log import TrainingLog
from attention_mesh.tests.models.training.small_training import config_file


def test_a_batch_depends_on_its_number_alone(faces_folder):
    def make() -> Batches:
        return Batches([LabeledFaces(faces_folder)], [1.0], 64, 8, Augmentation(), seed=5)

    images, targets, trust = make().batch(3)
    for number, (again, others, _) in enumerate(make().stream(2, 5), 2):
        if number == 3:
            np.testing.assert_array_equal(again, images)
            np.testing.assert_array_equal(others["landmarks"], targets["landmarks"])
    assert images.dtype == np.float32 and 0 <= images.min() and images.max() <= 1
    assert np.isfinite(targets["landmarks"]).all()
    assert (trust[targets["presence"][:, 0] == 0] == 0).all()


def test_an_error_in_a_batch_reaches_the_caller(faces_folder, tmp_path):
    faces = LabeledFaces(faces_folder)
    broken = LabeledFaces(tmp_path, faces_folder / "labels.npz")
    with pytest.raises(Exception, match="images/0000"):
        list(Batches([broken], [1.0], 64, 2, Augmentation()).stream(0, 4))
    assert len(faces)


def test_heads_begin_at_the_mean_of_their_targets(faces_folder):
    faces = LabeledFaces(faces_folder)
    batches = Batches([faces], [1.0], 64, 32, Augmentation.none())
    preset = TrainingConfig(data=(), sizes={"input_size": 64, "crop_size": 8, "widths": [4, 8, 8, 8]})
    network = AttentionMesh(preset.sized_preset())
    _, targets, trust = batches.batch(0)
    initialize_biases(network, targets["landmarks"], trust)
    for head in (network.mesh.mesh_head, *network.heads.values()):
        kernel, bias = head.layers[-2].get_weights()
        head.layers[-2].set_weights([0 * kernel, bias])
    outputs = network(np.zeros((1, 64, 64, 3), np.float32))
    known = trust[:, :468, :1]
    mean = (targets["landmarks"][:, :468] * known).sum(0) / known.sum(0)
    np.testing.assert_allclose(np.asarray(outputs["mesh"])[0], mean, atol=1e-3)
    # In the crop of the mean mesh, the mean of a region is roughly that region of the mean mesh.
    from attention_mesh.models.topology.refinement import region_landmarks

    lips = np.asarray(outputs["lips"])[0]
    assert np.abs(lips - mean[region_landmarks()["lips"], :2]).max() < 2


@pytest.mark.slow
def test_it_learns_four_faces_by_heart(faces_folder, tmp_path):
    labels = LabeledFaces(faces_folder).labels
    chosen = np.flatnonzero(labels.presence)[:4]
    names = [labels.names[number] for number in chosen]
    four = LabelFile(names, *(array[chosen] for array in (labels.landmarks, labels.weights, labels.presence)))
    four.write(tmp_path / "four.npz")
    top = 'network = "mesh"\nideal_steps = 120\nown_steps = 0\nlearning_rate = 1e-2\naverage = 0.5'
    still = "".join(f"{name} = 0.0\n" for name in Augmentation.__dataclass_fields__)
    data = f"""labels = "four.npz"
    [[validation]]
    folder = "{faces_folder.as_posix()}"
    labels = "four.npz"
    [augmentation]
    {still}"""
    config = TrainingConfig.read(config_file(tmp_path, faces_folder, top, data))
    network = train(config, tmp_path / "out", tmp_path)
    rows = TrainingLog(tmp_path / "out/log.csv").rows()
    loss = [value for _, name, value in rows if name == "mesh"]
    assert len(loss) == 120 and np.isfinite(loss).all()
    assert np.mean(loss[-10:]) < 0.8 * np.mean(loss[:10])
    assert (tmp_path / "out/curves.png").stat().st_size > 10_000
    assert list((tmp_path / "out").glob("events.out.tfevents.*"))
    final = {name: value for _, name, value in rows if name.startswith("final_")}
    assert set(final) == {f"final_error_{name}" for name in ("all", "lips", "eyes", "presence")}
    loaded = keras.saving.load_model(tmp_path / "out/network.keras")
    images = np.random.default_rng(0).random((1, 64, 64, 3), np.float32)
    np.testing.assert_allclose(
        np.asarray(loaded(images)["mesh"]), np.asarray(network(images)["mesh"]), atol=1e-4
    )


@pytest.mark.slow
@pytest.mark.parametrize("network", ["attention", "cascade"])
def test_both_phases_train_every_part(network, faces_folder, tmp_path, eager):
    top = f'network = "{network}"\nideal_steps = 1\nown_steps = 1'
    config = TrainingConfig.read(config_file(tmp_path, faces_folder, top))
    seen: dict[int, dict] = {}
    trained = train(config, tmp_path / "out", progress=lambda step, losses: seen.setdefault(step, losses))
    assert set(seen) == {1, 2}
    names = {"mesh", "z", "presence", "lips", "right_eye", "right_iris", "left_eye", "left_iris", "loss"}
    for losses in seen.values():
        assert set(losses) == names and np.isfinite(list(losses.values())).all()
    assert all(np.isfinite(weight).all() for weight in trained.get_weights())


_RUN = """
import sys
from pathlib import Path
import attention_mesh.models.keras_backend
import tensorflow
tensorflow.config.run_functions_eagerly(True)
from attention_mesh.models.training.config import TrainingConfig
from attention_mesh.models.training.train import train
train(TrainingConfig.read(Path(sys.argv[1])), Path(sys.argv[2]), progress=lambda step, _: print(step,
flush=True))
"""


@pytest.mark.slow
def test_a_killed_run_goes_on_from_its_checkpoint_to_the_same_end(faces_folder, tmp_path, eager):
    top = 'network = "mesh"\nideal_steps = 6\nown_steps = 0\ncheckpoint_steps = 2'
    file = config_file(tmp_path, faces_folder, top)
    command = [sys.executable, "-c", _RUN, str(file), str(tmp_path / "killed")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as run:
        for line in run.stdout:
            if line.strip() == "5":
                run.send_signal(signal.SIGKILL)
                break
    config = TrainingConfig.read(file)
    steps: list[int] = []
    resumed = train(config, tmp_path / "killed", progress=lambda step, _: steps.append(step))
    assert steps == [5, 6]
    whole = train(config, tmp_path / "whole")
    for ours, theirs in zip(resumed.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5)
    logs = [TrainingLog(tmp_path / name / "log.csv").rows() for name in ("killed", "whole")]
    assert [row[:2] for row in logs[0]] == [row[:2] for row in logs[1]]
    np.testing.assert_allclose([row[2] for row in logs[0]], [row[2] for row in logs[1]], rtol=1e-3)


def test_a_training_can_go_on_from_a_network(faces_folder, tmp_path, eager):
    top = 'network = "mesh"\nideal_steps = 1\nown_steps = 0\nlearning_rate = 0.0\nstart = "first.keras"'
    config = TrainingConfig.read(config_file(tmp_path, faces_folder, top))
    first = Mesh(config.sized_preset())
    first.save(tmp_path / "first.keras")
    second = train(config, tmp_path / "out", tmp_path)
    for ours, theirs in zip(second.get_weights(), first.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    AttentionMesh(config.sized_preset()).save(tmp_path / "first.keras")
    with pytest.raises(ConfigError, match="AttentionMesh of other sizes"):
        train(config, tmp_path / "other", tmp_path)


def test_a_checkpoint_of_another_network_is_refused(faces_folder, tmp_path, eager):
    out = tmp_path / "out"
    out.mkdir()
    np.savez(out / "checkpoint.npz", step=3, **{"00000": np.zeros(2)})
    config = TrainingConfig.read(config_file(tmp_path, faces_folder, 'network = "mesh"\nideal_steps = 4'))
    with pytest.raises(ConfigError, match="another network or optimizer"):
        train(config, out)
    assert (out / "checkpoint.npz").exists()


def test_logged_losses_are_means_of_the_steps_between(faces_folder, tmp_path, eager):
    top = 'network = "mesh"\nideal_steps = 3\nown_steps = 0'
    every = TrainingConfig.read(config_file(tmp_path, faces_folder, top))
    for log_steps in (1, 3):
        train(dataclasses.replace(every, log_steps=log_steps), tmp_path / str(log_steps))
    logs = [TrainingLog(tmp_path / name / "log.csv").rows() for name in ("1", "3")]
    losses = [value for _, name, value in logs[0] if name == "loss"]
    assert len(losses) == 3 and np.ptp(losses) > 0
    assert [row for row in logs[1] if row[1] == "loss"] == [(3, "loss", pytest.approx(np.mean(losses), 1e-3))]


def test_a_folder_of_another_training_is_refused(faces_folder, tmp_path, eager):
    top = 'network = "mesh"\nideal_steps = 1\nown_steps = 0\n'
    file = config_file(tmp_path, faces_folder, top)
    train(TrainingConfig.read(file), tmp_path / "out", tmp_path)
    weights = (tmp_path / "out/network.keras").read_bytes()
    other = TrainingConfig.read(config_file(tmp_path, faces_folder, top + "seed = 3\nlearning_rate = 0.1\n"))
    with pytest.raises(ConfigError, match="another learning_rate, seed"):
        train(other, tmp_path / "out", tmp_path)
    assert (tmp_path / "out/network.keras").read_bytes() == weights
    # The intervals of logs and checkpoints do not influence the network.
    finer = TrainingConfig.read(config_file(tmp_path, faces_folder, top + "checkpoint_steps = 1\n"))
    train(finer, tmp_path / "out", tmp_path)


@pytest.mark.slow
def test_the_cascades_mesh_learns_what_the_mesh_alone_learns(faces_folder, tmp_path, eager):
    trained = []
    for network in ("mesh", "cascade"):
        top = f'network = "{network}"\nideal_steps = 1\nown_steps = 2\nlearning_rate = 0.01\n'
        config = TrainingConfig.read(config_file(tmp_path, faces_folder, top))
        trained.append(train(config, tmp_path / network, tmp_path))
    for alone, within in zip(trained[0].get_weights(), trained[1].mesh.get_weights(), strict=True):
        np.testing.assert_allclose(within, alone, rtol=1e-3, atol=1e-5)
