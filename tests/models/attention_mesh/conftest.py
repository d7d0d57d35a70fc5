"""What the tests of the networks share."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("keras", reason="keras is in the train extra")

import attention_mesh.models.keras_backend  # noqa: E402, F401, I001 - before keras
import keras  # noqa: E402

from attention_mesh.models.attention_mesh import Preset  # noqa: E402


@pytest.fixture(scope="session")
def small_preset() -> Preset:
    """The released network's structure with few channels on a 64 px input."""
    released = Preset.named("released")
    return dataclasses.replace(
        released, input_size=64, widths=(4, 8, 8, 8, 8), crop_size=8, region_widths=(8, 8, 8), neck_width=4
    )


@pytest.fixture
def check_layer(tmp_path: Path) -> Callable[..., np.ndarray]:
    """check(layer, *inputs) → its result, an array, after proving that config, file and gradients work.

    The layer's config must make an equal one, a model with it must give the same after a round through a
    file, and the distance of its result from one must have a finite, non-zero gradient by each input and
    each weight.
    """

    def check(layer: keras.layers.Layer, *inputs: np.ndarray) -> np.ndarray:
        result = np.asarray(layer(*inputs))
        assert layer.compute_output_shape(*(array.shape for array in inputs)) == result.shape
        again = type(layer).from_config(layer.get_config())
        assert again.get_config() == layer.get_config()

        symbols = [keras.Input(array.shape[1:]) for array in inputs]
        model = keras.Model(symbols, layer(*symbols))
        file = tmp_path / "layer.keras"
        model.save(file)
        loaded = keras.saving.load_model(file)
        given = list(inputs) if len(inputs) > 1 else inputs[0]
        np.testing.assert_allclose(np.asarray(loaded(given)), result, rtol=1e-6, atol=1e-6)

        for gradient in gradients(lambda *values: layer(*values), inputs, layer.trainable_weights):
            assert np.isfinite(gradient).all()
            assert np.abs(gradient).max() > 0
        return result

    return check


def gradients(function: Callable, inputs: tuple, weights: list) -> list[np.ndarray]:
    """Of the sum of (tensor − 1)² over what `function(*inputs)` gives, by inputs and weights."""
    import tensorflow as tf

    values = [tf.Variable(array) for array in inputs]
    with tf.GradientTape() as tape:
        tensors = tf.nest.flatten(function(*values))
        total = sum(tf.reduce_sum(tf.square(tensor - 1)) for tensor in tensors)
    sources = [*values, *(weight.value for weight in weights)]
    return [np.asarray(gradient) for gradient in tape.gradient(total, sources, unconnected_gradients="zero")]
