"""Constant folding: computes what does not depend on the input, in NumPy, before anything is compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from attention_mesh.webgpu.compiler.network import Network, Operator
from attention_mesh.webgpu.compiler.slices import slice_ranges

_Arrays = list[np.ndarray]


def fold_constants(network: Network) -> None:
    """Replaces operators on constants by their results, and activations of int8 weights by floats.

    `SHAPE` counts as one, because every shape is known.
    """
    kept = []
    for operator in network.operators:
        if operator.kind == "SHAPE":
            shape = network.tensors[operator.inputs[0]].shape
            _store(network, operator, np.asarray(shape))
            continue
        arrays = [network.data(number) for number in operator.inputs]
        known = [array for array in arrays if array is not None]
        if not is_calculable(operator) or not arrays or len(known) < len(arrays):
            kept.append(operator)
            continue
        if operator.kind == "DEQUANTIZE":
            known = [_dequantized(network, operator)]
        try:
            _store(network, operator, calculate(operator, known))
        except ValueError:  # the operator's rule says what is wrong with it
            kept.append(operator)
    network.operators = kept
    network.remove_unused()


def is_calculable(operator: Operator) -> bool:
    """Whether `calculate` has an operator's kind, without a fused activation."""
    return operator.kind in _FOLDED and not operator.options.get("fusedActivationFunction", 0)


def calculate(operator: Operator, arrays: list[np.ndarray]) -> np.ndarray:
    """An operator's first result out of its inputs, before it gets the result's dtype."""
    return np.asarray(_FOLDED[operator.kind](arrays, operator.options))


def _store(network: Network, operator: Operator, result: np.ndarray) -> None:
    target = network.tensors[operator.outputs[0]]
    target.data = np.asarray(result, target.dtype)
    target.shape = target.data.shape


def _dequantized(network: Network, operator: Operator) -> np.ndarray:
    tensor = network.tensors[operator.inputs[0]]
    assert tensor.data is not None
    return float_weights(tensor.data, tensor.scale)


def float_weights(data: np.ndarray, scale: tuple[np.ndarray, np.ndarray, int] | None) -> np.ndarray:
    """Constants as float32: (number − zero point) · scale of its channel, if they are quantized."""
    if scale is None or data.dtype.kind == "f":
        return data.astype(np.float32)
    scales, points, axis = scale
    if len(scales) > 1:
        shape = [1] * data.ndim
        shape[axis] = -1
        scales, points = scales.reshape(shape), points.reshape(shape)
    return ((data.astype(np.float32) - points) * scales).astype(np.float32)


def _reduced(reduce: Callable[..., Any]) -> Callable[[_Arrays, dict[str, Any]], np.ndarray]:
    def run(arrays: _Arrays, options: dict[str, Any]) -> np.ndarray:
        axes = tuple(int(axis) for axis in np.atleast_1d(arrays[1]))
        return np.asarray(reduce(arrays[0], axis=axes, keepdims=bool(options.get("keepDims"))))

    return run


def _sliced(arrays: _Arrays, options: dict[str, Any]) -> np.ndarray:
    ranges = slice_ranges(arrays[0].shape, arrays[1], arrays[2], arrays[3], options)
    taken = np.asarray(arrays[0][np.ix_(*(np.array(axis.indices(), int) for axis in ranges))])
    return taken.reshape([axis.count for axis in ranges if not axis.dropped])


_FOLDED: dict[str, Callable[[_Arrays, dict[str, Any]], np.ndarray]] = {
    "DEQUANTIZE": lambda arrays, _: arrays[0],
    "CAST": lambda arrays, _: arrays[0],
    "RESHAPE": lambda arrays, _: arrays[0].reshape([int(size) for size in arrays[1]]),
    "EXPAND_DIMS": lambda arrays, _: np.expand_dims(arrays[0], int(arrays[1])),
    "RANGE": lambda arrays, _: np.arange(*(array.item() for array in arrays)),
    "PACK": lambda arrays, options: np.stack(arrays, options["axis"]),
    "CONCATENATION": lambda arrays, options: np.concatenate(arrays, options["axis"]),
    "TRANSPOSE": lambda arrays, _: arrays[0].transpose([int(axis) for axis in arrays[1]]),
    "STRIDED_SLICE": _sliced,
    "ADD": lambda arrays, _: arrays[0] + arrays[1],
    "SUB": lambda arrays, _: arrays[0] - arrays[1],
    "MUL": lambda arrays, _: arrays[0] * arrays[1],
    "MAXIMUM": lambda arrays, _: np.maximum(arrays[0], arrays[1]),
    "MINIMUM": lambda arrays, _: np.minimum(arrays[0], arrays[1]),
    "ABS": lambda arrays, _: np.abs(arrays[0]),
    "FLOOR": lambda arrays, _: np.floor(arrays[0]),
    "RELU": lambda arrays, _: np.maximum(arrays[0], 0),
    "REDUCE_PROD": _reduced(np.prod),
    "SUM": _reduced(np.sum),
}
