"""Rules for operators that calculate on tensors of any shape: each becomes records of one shader."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from attention_mesh.webgpu.compiler.constant_folding import float_weights
from attention_mesh.webgpu.compiler.emitter import Emitter
from attention_mesh.webgpu.compiler.network import Operator
from attention_mesh.webgpu.compiler.steps import TENSOR_ACTIVATIONS, TensorStep
from attention_mesh.webgpu.compiler.views import View, constant_view

Rule = Callable[[Emitter, Operator], None]

_BINARY = {
    "ADD": "add",
    "SUB": "subtract",
    "MUL": "multiply",
    "DIV": "divide",
    "MAXIMUM": "maximum",
    "MINIMUM": "minimum",
    "SQUARED_DIFFERENCE": "squared_difference",
    "POW": "power",
    "LESS": "less",
    "LESS_EQUAL": "less_equal",
    "EQUAL": "equal",
    "PRELU": "prelu",
}
_SWAPPED = {"GREATER": "less", "GREATER_EQUAL": "less_equal"}
_UNARY = {
    "NEG": "negative",
    "ABS": "absolute",
    "SQUARE": "square",
    "SQRT": "root",
    "RSQRT": "reciprocal_root",
    "FLOOR": "floor",
    "CEIL": "ceil",
    "ROUND": "round",
    "EXP": "exp",
    "LOG": "log",
    "SIN": "sin",
    "COS": "cos",
    "TANH": "tanh",
    "LOGISTIC": "logistic",
    "HARD_SWISH": "hard_swish",
    "ELU": "elu",
}
_ACTIVATIONS = {"RELU": "relu", "RELU6": "relu6", "RELU_N1_TO_1": "relu_n1_to_1"}
_REDUCTIONS = {
    "SUM": "sum",
    "MEAN": "sum",
    "REDUCE_MAX": "maximum",
    "REDUCE_MIN": "minimum",
    "REDUCE_PROD": "product",
}


def fused_activation(emitter: Emitter, operator: Operator) -> str:
    activation = str(operator.options.get("activation", "none"))
    if activation not in TENSOR_ACTIVATIONS:
        raise emitter.unsupported(operator, f"the fused activation is {activation}")
    return activation


def _emit(
    emitter: Emitter, operator: Operator, opcode: str, operands: list[View], activation: str = "none"
) -> None:
    """One value for every element of the result; the operands are repeated to its shape."""
    target = emitter.allocate(operator.outputs[0])
    spread: list[View | None] = [view.broadcast(target.shape) for view in operands]
    emitter.steps.append(
        TensorStep(str(operator), opcode, target.shape, target, spread, activation=activation)
    )


def _binary(emitter: Emitter, operator: Operator) -> None:
    first, second = (emitter.view(number) for number in operator.inputs)
    opcode = _BINARY.get(operator.kind)
    if opcode is None:
        opcode, first, second = _SWAPPED[operator.kind], second, first
    _emit(emitter, operator, opcode, [first, second], fused_activation(emitter, operator))


def _unary(emitter: Emitter, operator: Operator) -> None:
    _emit(emitter, operator, _UNARY[operator.kind], [emitter.view(operator.inputs[0])])


def _activate(emitter: Emitter, operator: Operator) -> None:
    view = emitter.view(operator.inputs[0])
    _emit(emitter, operator, "copy", [view], _ACTIVATIONS[operator.kind])


def _leaky_relu(emitter: Emitter, operator: Operator) -> None:
    alpha = constant_view(np.full((), operator.options["alpha"], np.float32))
    _emit(emitter, operator, "leaky_relu", [emitter.view(operator.inputs[0]), alpha])


def _select(emitter: Emitter, operator: Operator) -> None:
    _emit(emitter, operator, "select", [emitter.view(number) for number in operator.inputs])


def _add_n(emitter: Emitter, operator: Operator) -> None:
    """ADD_N: pairs, one after another."""
    total = emitter.view(operator.inputs[0])
    shape = emitter.shape(operator.outputs[0])
    for number in operator.inputs[1:]:
        target = emitter.scratch(shape)
        step = TensorStep(str(operator), "add", shape, target, [total, emitter.view(number)])
        emitter.steps.append(step)
        total = target
    emitter.alias(operator, total)


def _cast(emitter: Emitter, operator: Operator) -> None:
    """CAST: every number is a float in the arena, so only a fraction that an integer lacks makes a step."""
    source, target = emitter.tensor(operator.inputs[0]), emitter.tensor(operator.outputs[0])
    if target.dtype.kind == "b":
        raise emitter.unsupported(operator, "a number becomes a truth value; compare it with zero instead")
    if source.dtype.kind == "f" and target.dtype.kind in "iu":
        _emit(emitter, operator, "truncate", [emitter.view(source.number)])
    else:
        emitter.alias(operator, emitter.view(source.number))


def _reduce(emitter: Emitter, operator: Operator) -> None:
    """SUM, MEAN, REDUCE_MAX, REDUCE_MIN, REDUCE_PROD."""
    view = emitter.view(operator.inputs[0])
    rank = len(view.shape)
    named = np.atleast_1d(emitter.constant(operator, 1, "the axes"))
    axes = sorted({int(axis) % rank for axis in named})
    kept = [axis for axis in range(rank) if axis not in axes]
    target = emitter.allocate(operator.outputs[0]).reshaped([view.shape[axis] for axis in kept])
    assert target is not None
    sizes = [view.shape[axis] for axis in axes]
    moved = view.transposed([*kept, *axes])
    if len(axes) > 2:
        inner = View(0, 0, tuple(sizes), moved.strides[len(kept) :]).reshaped([math.prod(sizes)])
        if inner is None:
            inner = (
                emitter.contiguous(operator.inputs[0])
                .transposed([*kept, *axes])
                .reshaped([*target.shape, math.prod(sizes)])
            )
            if inner is None:
                raise emitter.unsupported(operator, f"it reduces the axes {axes} of {view.shape}")
            moved = inner
        else:
            moved = replace(
                moved,
                shape=(*target.shape, math.prod(sizes)),
                strides=(*moved.strides[: len(kept)], *inner.strides),
            )
        sizes = [math.prod(sizes)]
    emitter.steps.append(
        TensorStep(
            str(operator),
            "copy",
            target.shape,
            target,
            [moved],
            tuple(sizes),
            _REDUCTIONS[operator.kind],
            factor=1 / math.prod(sizes) if operator.kind == "MEAN" else 1.0,
        )
    )


def _softmax(emitter: Emitter, operator: Operator) -> None:
    """SOFTMAX over the last axis, less its maximum, so that nothing overflows."""
    view = emitter.view(operator.inputs[0])
    label, shape, size = str(operator), view.shape, view.shape[-1]
    rows = (*shape[:-1], 1)
    beta = constant_view(np.full((), operator.options.get("beta", 1.0), np.float32))

    def step(opcode: str, operands: list[View]) -> View:
        target = emitter.scratch(shape)
        spread: list[View | None] = [operand.broadcast(shape) for operand in operands]
        emitter.steps.append(TensorStep(label, opcode, shape, target, spread))
        return target

    def reduce(source: View, reduction: str) -> View:
        target = emitter.scratch(rows)
        flat = target.reshaped(shape[:-1])
        assert flat is not None
        emitter.steps.append(TensorStep(label, "copy", shape[:-1], flat, [source], (size,), reduction))
        return target

    scaled = step("multiply", [view, beta])
    powers = step("exp", [step("subtract", [scaled, reduce(scaled, "maximum")])])
    _emit(emitter, operator, "divide", [powers, reduce(powers, "sum")])


def _product(
    emitter: Emitter, operator: Operator, target: View, rows: View, columns: View, bias: View | None
) -> None:
    """target[…, m, n] = Σ rows[…, m, k] · columns[…, k, n] + bias[n]."""
    *batch, count, width = target.shape
    depth = rows.shape[-1]
    rows = rows.broadcast((*batch, count, depth))
    columns = columns.broadcast((*batch, depth, width))
    left = View(rows.source, rows.offset, (*target.shape, depth), (*rows.strides[:-1], 0, rows.strides[-1]))
    outer = columns.strides[:-2]
    right = View(
        columns.source,
        columns.offset,
        (*target.shape, depth),
        (*outer, 0, columns.strides[-1], columns.strides[-2]),
    )
    if bias is not None:
        bias = replace(bias.broadcast(target.shape), strides=(*bias.broadcast(target.shape).strides, 0))
    emitter.steps.append(
        TensorStep(
            str(operator),
            "multiply",
            target.shape,
            target,
            [left, right, bias],
            (depth,),
            "sum",
            fused_activation(emitter, operator),
        )
    )


def emit_fully_connected(emitter: Emitter, operator: Operator) -> None:
    """FULLY_CONNECTED of any size, as a product of matrices."""
    tensor = emitter.tensor(operator.inputs[1])
    outputs, depth = tensor.shape
    count = math.prod(emitter.shape(operator.outputs[0])) // outputs
    rows = emitter.view(operator.inputs[0]).reshaped((count, depth))
    rows = rows or emitter.contiguous(operator.inputs[0]).reshaped((count, depth))
    target = emitter.allocate(operator.outputs[0]).reshaped((count, outputs))
    assert rows is not None
    assert target is not None
    if tensor.data is None:
        columns = emitter.view(operator.inputs[1]).transposed((1, 0))
    else:
        # Stored so that neighboring invocations read neighboring weights.
        columns = constant_view(float_weights(tensor.data, tensor.scale).T.copy())
    bias = None
    if len(operator.inputs) > 2 and operator.inputs[2] >= 0:
        bias = emitter.view(operator.inputs[2])
    _product(emitter, operator, target, rows, columns, bias)


def _batch_matmul(emitter: Emitter, operator: Operator) -> None:
    views = [emitter.view(number) for number in operator.inputs]
    for place, name in enumerate(("adjX", "adjY")):
        if operator.options.get(name):
            rank = len(views[place].shape)
            views[place] = views[place].transposed([*range(rank - 2), rank - 1, rank - 2])
    _product(emitter, operator, emitter.allocate(operator.outputs[0]), views[0], views[1], None)


def emit_computed_pointwise(emitter: Emitter, operator: Operator) -> None:
    """CONV_2D whose kernel is calculated, which is a product of matrices if the kernel covers one pixel."""
    kernel = emitter.shape(operator.inputs[1])
    options = operator.options
    if kernel[1:3] != (1, 1) or options["strideH"] != 1 or options["strideW"] != 1:
        raise emitter.unsupported(
            operator, f"the kernel {kernel} is calculated; only one of 1×1 pixels without strides can be"
        )
    pixels = math.prod(emitter.shape(operator.outputs[0])[:-1])
    rows = emitter.contiguous(operator.inputs[0]).reshaped((pixels, kernel[3]))
    columns = emitter.contiguous(operator.inputs[1]).reshaped((kernel[0], kernel[3]))
    target = emitter.allocate(operator.outputs[0]).reshaped((pixels, kernel[0]))
    assert rows is not None
    assert columns is not None
    assert target is not None
    bias = None
    if len(operator.inputs) > 2 and operator.inputs[2] >= 0:
        bias = emitter.view(operator.inputs[2])
    _product(emitter, operator, target, rows, columns.transposed((1, 0)), bias)


def _gather(emitter: Emitter, operator: Operator) -> None:
    table, indices = (emitter.view(number) for number in operator.inputs[:2])
    rank = len(table.shape)
    axis = operator.options.get("axis", 0) % rank
    batch = operator.options.get("batchDims", 0)
    entries = table.shape[axis]
    constant = emitter.network.data(operator.inputs[1])
    if constant is not None:
        constant = constant.astype(np.int64)
        if constant.size and (constant.min() < -entries or constant.max() >= entries):
            raise emitter.unsupported(operator, f"an index is outside of the table's {entries} entries")
        indices = constant_view(np.where(constant < 0, constant + entries, constant))
    # Result: the table's axes before `axis`, the indices' beyond the batch, the table's after `axis`.
    inner = len(indices.shape) - batch
    after = table.shape[axis + 1 :]
    shape = (*table.shape[:axis], *indices.shape[batch:], *after)
    source = View(
        table.source,
        table.offset,
        shape,
        (*table.strides[:axis], *[0] * inner, *table.strides[axis + 1 :]),
    )
    numbers = View(
        indices.source,
        indices.offset,
        shape,
        (*indices.strides[:batch], *[0] * (axis - batch), *indices.strides[batch:], *[0] * len(after)),
    )
    target = emitter.allocate(operator.outputs[0]).reshaped(shape)
    assert target is not None
    look_up = table.strides[axis], entries
    emitter.steps.append(
        TensorStep(str(operator), "look_up", shape, target, [source, numbers], look_up=look_up)
    )


def _transform_landmarks(emitter: Emitter, operator: Operator) -> None:
    """MediaPipe's TransformLandmarks: x and y by a (4, 4) matrix, of which z is no part."""
    points, matrix = (emitter.view(number) for number in operator.inputs)
    count, dimensions = points.shape[-2:]
    target = emitter.allocate(operator.outputs[0]).reshaped((count, dimensions))
    flat, matrix = points.reshaped((count, dimensions)), matrix.reshaped((4, 4))  # type: ignore[assignment]
    flat = flat or emitter.contiguous(operator.inputs[0]).reshaped((count, dimensions))
    assert flat is not None
    assert target is not None
    turn = matrix.part(0, 0, 2).part(1, 0, 2).transposed((1, 0))
    shift = matrix.part(0, 0, 2).part(1, 3, 1).transposed((1, 0))
    _product(emitter, operator, target.part(1, 0, 2), flat.part(1, 0, 2), turn, shift)
    if dimensions > 2:
        rest = dimensions - 2
        emitter.emit_copy(str(operator), flat.part(1, 2, rest), target.part(1, 2, rest))


TENSOR_RULES: dict[str, Rule] = {
    **dict.fromkeys([*_BINARY, *_SWAPPED], _binary),
    **dict.fromkeys(_UNARY, _unary),
    **dict.fromkeys(_ACTIVATIONS, _activate),
    **dict.fromkeys(_REDUCTIONS, _reduce),
    **dict.fromkeys(["SELECT", "SELECT_V2"], _select),
    "ADD_N": _add_n,
    "BATCH_MATMUL": _batch_matmul,
    "CAST": _cast,
    "GATHER": _gather,
    "LEAKY_RELU": _leaky_relu,
    "SOFTMAX": _softmax,
    "TransformLandmarks": _transform_landmarks,
}
