"""Fixtures of the weights' tests: the real files, and a function that runs a .tflite file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from attention_mesh.models.weights import MODELS, ModelStore


@pytest.fixture(scope="session")
def official_weights() -> dict[str, Path]:
    """The released .tflite file of every model in the user's cache, by name; fetched on first use."""
    store = ModelStore()
    return {name: store.official_path(name) for name in MODELS}


@pytest.fixture(scope="session")
def converted_weights() -> dict[str, Path]:
    """The converted .tflite file of every model, by name."""
    return {name: ModelStore().path(name) for name in MODELS}


Run = Callable[..., list[np.ndarray]]


@pytest.fixture(scope="session")
def run_tflite() -> Run:
    """run(model bytes, *inputs) gives the outputs in the model's order; the batch is the inputs'."""

    def run(model: bytes, *inputs: np.ndarray, xnnpack: bool = True) -> list[np.ndarray]:
        from ai_edge_litert.interpreter import Interpreter, OpResolverType

        resolver = OpResolverType.AUTO if xnnpack else OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
        interpreter = Interpreter(model_content=model, num_threads=1, experimental_op_resolver_type=resolver)
        entries: Sequence[dict] = interpreter.get_input_details()
        for entry, array in zip(entries, inputs, strict=True):
            if tuple(entry["shape"]) != array.shape:
                interpreter.resize_tensor_input(entry["index"], array.shape)
        interpreter.allocate_tensors()
        for entry, array in zip(entries, inputs, strict=True):
            interpreter.set_tensor(entry["index"], array.astype(entry["dtype"]))
        interpreter.invoke()
        return [interpreter.get_tensor(entry["index"]) for entry in interpreter.get_output_details()]

    return run


@pytest.fixture(scope="session")
def face_crops(astronaut: np.ndarray) -> np.ndarray:
    """(3, 192, 192, 3) float32 RGB in [0, 1]: the portrait's face upright, rotated by 20°, and off-center."""
    import cv2

    crops = []
    for center, side, angle in (((223, 113), 210, 0.0), ((223, 113), 240, 20.0), ((245, 100), 180, -10.0)):
        matrix = cv2.getRotationMatrix2D(center, angle, 192 / side)
        matrix[:, 2] += 96 - np.array(center)
        crops.append(cv2.warpAffine(astronaut, matrix, (192, 192)))
    return np.stack(crops).astype(np.float32) / 255
