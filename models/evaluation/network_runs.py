"""Network runs: functions that run a TFLite network once, for timing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from attention_mesh.models.errors import EvaluationError


def cpu_run(content: bytes, threads: int = 1) -> Callable[[], object]:
    """A function that runs a network on LiteRT's interpreter with XNNPACK."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=content, num_threads=threads)
    interpreter.allocate_tensors()
    entry = interpreter.get_input_details()[0]
    interpreter.set_tensor(entry["index"], _noise(entry["shape"]).astype(entry["dtype"]))
    return interpreter.invoke


def gpu_run(content: bytes) -> Callable[[], object]:
    """A function that runs a network on LiteRT's GPU accelerator (WebGPU, Metal).

    It writes the picture, runs the network and waits for the first result.

    Raises:
        EvaluationError: there is no GPU, or the GPU does not run the whole network.
    """
    from ai_edge_litert.compiled_model import CompiledModel
    from ai_edge_litert.hardware_accelerator import HardwareAccelerator

    try:
        model = CompiledModel.from_buffer(content, HardwareAccelerator.GPU)
    except Exception as error:  # LiteRT has no error type for this
        raise EvaluationError(f"LiteRT finds no GPU that runs the network: {error}") from error
    if not model.is_fully_accelerated():
        raise EvaluationError("the GPU runs only a part of the network; the time would be that of the CPU")
    (key, signature), *_ = model.get_signature_list().items()
    (source,) = model.get_input_tensor_details(key).values()
    result = model.get_output_tensor_details(key)[signature["outputs"][0]]
    (images,), results = model.create_input_buffers(0), model.create_output_buffers(0)
    picture, count = _noise(source["shape"]), int(np.prod(result["shape"]))

    def run() -> object:
        images.write(picture)
        model.run_by_index(0, [images], results)
        return results[0].read(count, np.float32)

    return run


def _noise(shape: np.ndarray) -> np.ndarray:
    return np.random.default_rng(0).random(tuple(shape), np.float32)
