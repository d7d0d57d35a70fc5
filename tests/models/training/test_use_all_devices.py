"""Training on several devices: on JAX without TensorFlow, each batch split between two devices."""

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import keras
import pytest

from attention_mesh.models.attention_mesh import Mesh
from attention_mesh.models.errors import TrainingError
from attention_mesh.models.training.config import TrainingConfig
from attention_mesh.models.training.train import train, use_all_devices
from attention_mesh.models.training.training_log import TrainingLog
from attention_mesh.tests.models.training.small_training import config_file

_RUN = """
from pathlib import Path
import attention_mesh.models.keras_backend
from attention_mesh.models.training.config import TrainingConfig
from attention_mesh.models.training.train import train, use_all_devices
config = TrainingConfig.read(Path(sys.argv[1]))
print(use_all_devices(config.batch_size))
network = train(config, Path(sys.argv[2]))
print(len(network.weights[0].value.sharding.device_set))
"""


def on_jax(folder: Path, program: str, *arguments: object, devices: int = 2) -> subprocess.CompletedProcess:
    """Runs a Python program with Keras on JAX; the CPU poses as several devices."""
    environment = {
        **os.environ,
        "KERAS_HOME": str(folder),
        "KERAS_BACKEND": "jax",
        "XLA_FLAGS": f"--xla_force_host_platform_device_count={devices}",
    }
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


@pytest.mark.slow
def test_the_same_training_runs_on_two_devices_of_jax_alone(
    faces_folder, tmp_path, eager, without_tensorflow
):
    # With fewer than 20 steps, `train` would not compile the step, and JAX splits compiled steps alone.
    top = 'network = "mesh"\nideal_steps = 20\nown_steps = 0\ncheckpoint_steps = 10'
    file = config_file(tmp_path, faces_folder, top, f'[[validation]]\nfolder = "{faces_folder.as_posix()}"')
    result = on_jax(tmp_path, without_tensorflow + _RUN, file, tmp_path / "jax")
    assert result.returncode == 0, result.stderr[-3000:]
    assert result.stdout.split() == ["2", "2"]
    assert isinstance(keras.saving.load_model(tmp_path / "jax/network.keras"), Mesh)
    # Except for the random start, the first losses are those of TensorFlow: same batches, same biases.
    train(dataclasses.replace(TrainingConfig.read(file), ideal_steps=1), tmp_path / "tensorflow")
    rows = [TrainingLog(tmp_path / name / "log.csv").rows() for name in ("jax", "tensorflow")]
    first = [{name: value for step, name, value in log if step == 1} for log in rows]
    for name in ("mesh", "z"):
        assert first[0][name] == pytest.approx(first[1][name], rel=0.05)


def test_tensorflow_has_no_several_devices():
    assert keras.backend.backend() == "tensorflow"
    with pytest.raises(TrainingError, match="is tensorflow; several devices need JAX"):
        use_all_devices(8)


@pytest.mark.parametrize(
    ("devices", "message"),
    [(1, "one device, cpu:0; expected at least two"), (3, "is 8; expected a multiple of 3")],
)
def test_a_batch_that_cannot_be_split_is_refused(tmp_path, devices, message):
    program = (
        "from attention_mesh.models.attention_mesh import Mesh\n"
        "from attention_mesh.models.training.train import use_all_devices\n"
        "use_all_devices(8)\n"
    )
    result = on_jax(tmp_path, program, devices=devices)
    assert result.returncode and "TrainingError" in result.stderr and message in result.stderr
