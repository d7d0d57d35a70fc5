"""Fixtures of the networks' tests."""

from __future__ import annotations

import dataclasses
import inspect
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
    """check(layer, *inputs) proves that config, file, exports and gradients work, and returns the result.

    The config must contain every constructor argument and make an equal layer. A model with the layer must
    give the same result after it is saved and loaded, and so must LiteRT and ONNX Runtime. The distance of
    the result from one must have a finite, non-zero gradient with respect to each input and each weight.
    """

    def check(layer: keras.layers.Layer, *inputs: np.ndarray) -> np.ndarray:
        result = np.asarray(layer(*inputs))
        symbolic = layer.compute_output_spec(*(keras.KerasTensor(array.shape) for array in inputs))
        assert symbolic.shape == result.shape
        arguments = set(inspect.signature(type(layer)).parameters) - {"kwargs"}
        assert arguments <= set(layer.get_config()), "the config misses a constructor argument"
        again = type(layer).from_config(layer.get_config())
        assert again.get_config() == layer.get_config()

        symbols = [keras.Input(array.shape[1:]) for array in inputs]
        model = keras.Model(symbols, layer(*symbols))
        file = tmp_path / "layer.keras"
        model.save(file)
        loaded = keras.saving.load_model(file)
        given = list(inputs) if len(inputs) > 1 else inputs[0]
        np.testing.assert_allclose(np.asarray(loaded(given)), result, rtol=1e-6, atol=1e-6)

        for runtime, found in exported(layer, inputs, tmp_path).items():
            np.testing.assert_allclose(found, result, rtol=1e-4, atol=1e-5, err_msg=runtime)
        for gradient in gradients(lambda *values: layer(*values), inputs, layer.trainable_weights):
            assert np.isfinite(gradient).all()
            assert np.abs(gradient).max() > 0
        return result

    return check


def exported(layer: keras.layers.Layer, inputs: tuple, folder: Path) -> dict[str, np.ndarray]:
    """The layer's results in LiteRT and ONNX Runtime, by the runtime's name."""
    import onnxruntime
    import tensorflow as tf
    import tf2onnx
    from ai_edge_litert.interpreter import Interpreter

    names = [f"input_{number}" for number in range(len(inputs))]
    signature = [
        tf.TensorSpec(array.shape, tf.float32, name=name) for array, name in zip(inputs, names, strict=True)
    ]

    def function(*values):
        return {"result": tf.identity(layer(*values))}

    archive = keras.export.ExportArchive()
    archive.track(layer)
    archive.add_endpoint("serve", function, input_signature=signature)
    archive.write_out(str(folder / "saved"))
    converter = tf.lite.TFLiteConverter.from_saved_model(str(folder / "saved"), signature_keys=["serve"])
    run = Interpreter(model_content=converter.convert()).get_signature_runner("serve")
    # The order of a runner's inputs is unspecified, so their shapes identify them.
    places = {name: entry["shape"] for name, entry in run.get_input_details().items()}
    given = {
        name: next(array for array in inputs if array.shape == tuple(shape)) for name, shape in places.items()
    }
    tf2onnx.convert.from_function(
        tf.function(function, input_signature=signature),
        input_signature=signature,
        opset=17,
        output_path=str(folder / "layer.onnx"),
    )
    session = onnxruntime.InferenceSession(folder / "layer.onnx")
    (onnx_result,) = session.run(None, dict(zip(names, inputs, strict=True)))
    return {"LiteRT": run(**given)["result"], "ONNX Runtime": onnx_result}


def gradients(function: Callable, inputs: tuple, weights: list) -> list[np.ndarray]:
    """Gradients of the sum of (tensor − 1)² over the results of `function`, by inputs and weights."""
    import tensorflow as tf

    values = [tf.Variable(array) for array in inputs]
    with tf.GradientTape() as tape:
        tensors = tf.nest.flatten(function(*values))
        total = sum(tf.reduce_sum(tf.square(tensor - 1)) for tensor in tensors)
    sources = [*values, *(weight.value for weight in weights)]
    return [np.asarray(gradient) for gradient in tape.gradient(total, sources, unconnected_gradients="zero")]
