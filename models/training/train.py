"""Training: runs from the beginning, or from the checkpoint of a run that was stopped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from attention_mesh.extras import install_command
from attention_mesh.media.image_file import write_image
from attention_mesh.models.attention_mesh import AttentionMesh, Cascade, Mesh
from attention_mesh.models.attention_mesh.load_network import load_network
from attention_mesh.models.errors import ConfigError, TrainingError
from attention_mesh.models.evaluation.crop_errors import crop_errors
from attention_mesh.models.evaluation.faces_page import faces_page
from attention_mesh.models.evaluation.landmark_errors import mean_errors
from attention_mesh.models.training.batches import Batches
from attention_mesh.models.training.check_run import start_name
from attention_mesh.models.training.config import TrainingConfig
from attention_mesh.models.training.grouped_adam import GroupedAdam
from attention_mesh.models.training.initial_biases import initialize_biases
from attention_mesh.models.training.labeled_faces import LabeledFaces
from attention_mesh.models.training.landmark_trainer import LandmarkTrainer
from attention_mesh.models.training.run_folder import (
    CHECKPOINT,
    CURVES,
    FACES,
    LOG,
    NETWORK,
    claim_folder,
    is_finished,
    load_checkpoint,
    save_checkpoint,
    save_network,
)
from attention_mesh.models.training.training_log import EventWriter, RunningMeans, TrainingLog, draw_curves
from attention_mesh.models.training.training_sets import training_sets

_FIRST_TARGETS = 256  # samples whose mean the heads start from
_DATA_SEED, _NOISE_SEED = 1, 2
# The running mean's length fits into a run this many times: e^-3 of the first weights remain at its end.
_MEANS = 3
_LARGEST_GRADIENT = 50.0
_WORTH_TRACING = 20  # steps: tracing a graph takes as long as this many steps without one


def train(
    config: TrainingConfig,
    folder: Path,
    base: Path = Path(),
    progress: Callable[[int, dict[str, float]], object] = lambda step, losses: None,
    notice: Callable[[str], object] = lambda text: None,
) -> keras.Model:
    """Trains to the end and returns the network; its weights are the running mean over the last steps.

    If the folder has a checkpoint, the training continues from it. A step's batch depends only on the config
    and the step's number, so a resumed run sees the batches that it would have seen. If the training has
    ended, its network is returned and nothing changes.

    Args:
        config: the run.
        folder: for the files of the run: checkpoint.npz, every `checkpoint_steps`; config.json; log.csv with
            mean losses and validation errors; TensorBoard's events (extra `tensorboard`); at the end
            network.keras, faces.jpg (see `faces_page`) and curves.png (extra `plot`).
        base: folder that relative folders in the config start from.
        progress: called after each step with its number and, every `log_steps`, the mean losses; and whenever
            errors are measured, also before the first step.
        notice: called with what takes long before the next step.

    Raises:
        DatasetError: pictures or labels are missing, unreadable or do not match.
        ConfigError: the folder holds another training, or `start` is a network of other sizes.
    """
    claim_folder(folder, config)
    if is_finished(folder):
        return load_network(str(folder / NETWORK))
    checkpoint = folder / CHECKPOINT
    keras.utils.set_random_seed(config.seed)
    network = _network(config)
    size = network.preset.input_size
    sets, held_out = training_sets(config, base)
    shares = [entry.share for entry in config.data]
    batches = Batches(sets, shares, size, config.batch_size, config.augmentation, config.seed + _DATA_SEED)
    optimizer = _optimizer(config)
    optimizer.build(network.trainable_variables)
    state = [*network.variables, *optimizer.variables]
    log = TrainingLog(folder / LOG)
    losses = RunningMeans()
    step = load_checkpoint(checkpoint, state) if checkpoint.exists() else 0
    log.begin(step)
    events = EventWriter(folder, step)

    def record(figures: dict[str, float]) -> None:
        log.write(step, figures)
        events.write(step, figures)

    if not step and config.start:
        _start_from(network, config.start, base)
    elif not step:
        many = Batches(sets, shares, size, _FIRST_TARGETS, config.augmentation, config.seed + _DATA_SEED)
        _, targets, trust = many.batch(0)
        initialize_biases(network, targets["landmarks"], trust)
    if not step and held_out:
        notice("measuring the errors before the training")
        errors = _validation_errors(network, held_out)
        record(errors)
        progress(0, errors)

    for own_crops, end in ((False, config.ideal_steps), (True, config.steps)):
        if step >= end:
            continue
        trainer = LandmarkTrainer(network, config.loss, own_crops, config.crop_jitter)
        traced = end - step >= _WORTH_TRACING
        trainer.compile(optimizer=optimizer, run_eagerly=not traced)
        if traced:
            notice("compiling the step, which takes a minute or two")
        for images, targets, trust in batches.stream(step, end):
            noise = np.random.default_rng([config.seed + _NOISE_SEED, step]).standard_normal(
                (len(images), 3, 3), np.float32
            )
            inputs = {"images": images, "noise": noise}
            trainer.reset_metrics()  # Keras 3.12 and older do not: the losses were means since the start
            losses.add(trainer.train_on_batch(inputs, targets, trust, return_dict=True))
            step += 1
            row = losses.take() if step % config.log_steps == 0 or step == end else {}
            if config.validation_steps and held_out and step % config.validation_steps == 0:
                row |= _validation_errors(network, held_out)
            if row:
                record(row)
            if step % config.checkpoint_steps == 0:
                save_checkpoint(checkpoint, step, state)
            progress(step, row)
    optimizer.finalize_variable_values(network.trainable_variables)
    if held_out:
        notice("measuring the errors of the trained network")
        record({f"final_{name}": value for name, value in _validation_errors(network, held_out).items()})
        write_image(folder / FACES, faces_page(network, held_out))
    events.close()
    draw_curves(log.rows(), folder / CURVES)
    save_network(folder, network)
    return network


def _network(config: TrainingConfig) -> Any:
    preset = config.sized_preset()
    if config.network == "attention":
        return AttentionMesh(preset, config.theta)
    return (Cascade if config.network == "cascade" else Mesh)(preset)


def _start_from(network: Any, start: str, base: Path) -> None:
    given = load_network(start_name(start, base))
    values = given.get_weights()
    if [value.shape for value in values] != [tuple(weight.shape) for weight in network.weights]:
        raise ConfigError(
            f"start is {start!r}, an {type(given).__name__} of other sizes than the network of this training"
        )
    network.set_weights(values)


def _optimizer(config: TrainingConfig) -> GroupedAdam:
    warmup = min(config.warmup_steps, config.steps // 2)
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, config.steps - warmup, warmup_target=config.learning_rate, warmup_steps=warmup
    )
    momentum = min(config.average, 1 - _MEANS / config.steps)
    return GroupedAdam(schedule, _LARGEST_GRADIENT, max(0.0, momentum))


def _validation_errors(network: Any, sets: Sequence[LabeledFaces], most: int = 256) -> dict[str, float]:
    """Validation errors in percent, means over the first `most` pictures of each set.

    Returns:
        error_all, error_lips and error_eyes, and error_presence, the share of wrong presence answers.
    """
    measured = [crop_errors(network, faces, most) for faces in sets]
    mean = mean_errors([errors for one in measured for errors in one.refined])
    wrong = [flag for one in measured for flag in one.flags]
    return {
        "error_all": mean.all,
        "error_lips": mean.lips,
        "error_eyes": mean.eyes,
        "error_presence": 100 * float(np.mean(wrong)),
    }


def use_all_devices(batch_size: int) -> int:
    """Splits every batch between the devices of the machine (`keras.distribution.DataParallel`).

    Each device holds all weights. The setting applies to all networks that this process creates afterwards.

    Returns:
        The number of devices: GPUs, or the other devices that JAX finds.

    Raises:
        TrainingError: the backend is not JAX, there is only one device, or the batch is not divisible.
    """
    if keras.backend.backend() != "jax":
        raise TrainingError(
            f"Keras' backend is {keras.backend.backend()}; several devices need JAX: set KERAS_BACKEND=jax "
            f"(JAX comes with {install_command('train-jax')})"
        )
    devices = keras.distribution.list_devices()
    if len(devices) < 2:
        raise TrainingError(f"JAX finds one device, {devices[0]}; expected at least two to split a batch")
    if batch_size % len(devices):
        raise TrainingError(
            f"batch_size is {batch_size}; expected a multiple of {len(devices)}, the number of devices"
        )
    keras.distribution.set_distribution(keras.distribution.DataParallel(devices=devices))
    return len(devices)
