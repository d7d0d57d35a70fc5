"""Joining: makes one operator of several that a file has for want of a better one."""

from __future__ import annotations

import numpy as np

from attention_mesh.webgpu.compiler.constant_folding import float_weights
from attention_mesh.webgpu.compiler.network import Network, Operator, Tensor, group_count


def join_concatenated(network: Network) -> None:
    """Joins convolutions of one map whose channels are concatenated: one convolution gives all channels.

    Only the first of them may have a skip. Files for CPUs split convolutions in this way, so that channels
    without a skip cost no addition.
    """
    consumers, producers = network.consumers(), network.producers()
    for position, operator in enumerate(network.operators):
        makers = [producers.get(number) for number in operator.inputs]
        rank = len(network.tensors[operator.outputs[0]].shape) if operator.kind == "CONCATENATION" else 0
        if (
            rank != 4
            or operator.options["axis"] % rank != 3
            or operator.options["activation"] != "none"
            or not all(
                maker is not None
                and _is_joinable(network, maker, makers[0])
                and network.only_reader(consumers, number) is operator
                for maker, number in zip(makers, operator.inputs, strict=True)
            )
            or any(maker is not None and "skip" in maker.options for maker in makers[1:])
        ):
            continue
        parts = [maker for maker in makers if maker is not None]
        first = parts[0]
        kernel = _add_constant(network, [_floats(network, part.inputs[1]) for part in parts])
        bias = _add_constant(network, [_biases(network, part) for part in parts])
        network.operators[position] = Operator(
            "CONV_2D",
            first.number,
            [first.inputs[0], kernel, bias, *first.inputs[3:]],
            operator.outputs,
            first.options,
        )
        producers[operator.outputs[0]] = network.operators[position]
    network.remove_unused()


def _is_joinable(network: Network, operator: Operator, first: Operator | None) -> bool:
    names = ("strideH", "strideW", "dilationHFactor", "dilationWFactor", "pads", "activation")
    return (
        first is not None
        and operator.kind == first.kind == "CONV_2D"
        and network.data(operator.inputs[1]) is not None
        and operator.inputs[0] == first.inputs[0]
        and group_count(network, operator) == 1
        and operator.options["activation"] == "none"
        and all(operator.options[name] == first.options[name] for name in names)
        and network.tensors[operator.inputs[1]].shape[1:] == network.tensors[first.inputs[1]].shape[1:]
    )


def _floats(network: Network, number: int) -> np.ndarray:
    tensor = network.tensors[number]
    assert tensor.data is not None
    return float_weights(tensor.data, tensor.scale)


def _biases(network: Network, operator: Operator) -> np.ndarray:
    if len(operator.inputs) > 2 and operator.inputs[2] >= 0:
        return _floats(network, operator.inputs[2])
    return np.zeros(network.tensors[operator.inputs[1]].shape[0], np.float32)


def _add_constant(network: Network, arrays: list[np.ndarray]) -> int:
    """Adds a constant, arrays one after another along the first axis; returns its number."""
    number, data = max(network.tensors) + 1, np.concatenate(arrays)
    network.tensors[number] = Tensor(number, f"joined {number}", data.shape, data.dtype, data)
    return number


def fuse_look_ups(network: Network) -> None:
    """Takes a weighted sum of rows of a table into the look-up: Σ_k table[index[k, n]] · weight[k, n].

    So networks sample a map without an operator for it. Separately, the rows of all k would be written and
    read twice.
    """
    consumers, producers = network.consumers(), network.producers()
    for position, operator in enumerate(network.operators):
        product = producers.get(operator.inputs[0]) if operator.kind == "SUM" else None
        axes = network.data(operator.inputs[1]) if product is not None else None
        if (
            product is None
            or axes is None
            or product.kind != "MUL"
            or product.options["activation"] != "none"
            or network.only_reader(consumers, product.outputs[0]) is not operator
        ):
            continue
        for own, other in (product.inputs, product.inputs[::-1]):
            look_up = producers.get(own)
            if (
                look_up is not None
                and look_up.kind == "GATHER"
                and network.only_reader(consumers, own) is product
                and _is_weighted_rows(network, look_up, other, np.atleast_1d(axes))
            ):
                network.operators[position] = Operator(
                    "WEIGHTED_ROWS", operator.number, [*look_up.inputs, other], operator.outputs, {}
                )
                break
    network.remove_unused()


def _is_weighted_rows(network: Network, look_up: Operator, weights: int, axes: np.ndarray) -> bool:
    """Whether rows (1, K, N, C) of a table are weighted by (1, K, N, 1) and summed over K."""
    rows, table = network.tensors[look_up.outputs[0]].shape, network.tensors[look_up.inputs[0]].shape
    return (
        len(rows) == 4
        and rows[0] == 1
        and rows[3] == table[-1]
        and rows[3] % 4 == 0
        and look_up.options.get("axis", 0) % len(table) == len(table) - 2
        and int(np.prod(table[:-2])) == 1
        and network.tensors[weights].shape == (*rows[:3], 1)
        and [int(axis) % 4 for axis in axes] == [1]
    )
