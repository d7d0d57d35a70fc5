"""Training on all devices of a machine at once."""

from __future__ import annotations

import keras

from attention_mesh.models.errors import TrainingError


def train_on_all_devices(batch_size: int) -> int:
    """Has Keras split every batch between the devices of the machine, each of which holds all weights.

    Counts for all networks that are made afterwards in this process. Returns the number of devices: GPUs, or
    what else JAX finds. Raises TrainingError on a backend that cannot, for one device, and for a batch
    that has not the same part for each. `keras.distribution.DataParallel`.
    """
    if keras.backend.backend() != "jax":
        raise TrainingError(
            f"Keras' backend is {keras.backend.backend()}; several devices need JAX (extra `train-jax`): set "
            "KERAS_BACKEND=jax"
        )
    devices = keras.distribution.list_devices()
    if len(devices) < 2:
        raise TrainingError(f"JAX finds one device, {devices[0]}; there is nothing to split a batch between")
    if batch_size % len(devices):
        raise TrainingError(
            f"batch_size is {batch_size}; expected a multiple of {len(devices)}, the number of devices"
        )
    keras.distribution.set_distribution(keras.distribution.DataParallel(devices=devices))
    return len(devices)
