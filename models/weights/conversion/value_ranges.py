"""Value ranges: between which numbers a tensor stays whatever the input is, and what that makes needless.

They hold as long as the network's numbers are finite. Bounds are rounded as numbers are, which keeps their
order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph

Range = tuple[float, float]

_ANY: Range = (-math.inf, math.inf)
_INT32 = np.iinfo(np.int32)
_ALL: dict[int, Range] = {
    schema.TensorType.FLOAT32: _ANY,
    schema.TensorType.INT32: (float(_INT32.min), float(_INT32.max)),
    schema.TensorType.BOOL: (0.0, 1.0),
}
"""What a tensor of a type may hold. Of other types, nothing is said."""


def drop_needless(graph: TfliteGraph) -> None:
    """Removes additions of zero, and choices of which one side is never taken, for a batch of one.

    This leaves nothing of what an export adds to the indices of a look-up: the first row of each item of a
    batch, and the number of rows for indices below zero.
    """
    ranges = value_ranges(graph)
    for operator in list(graph.operators):
        same = _same(graph, operator, ranges)
        if same is not None:
            output = int(operator.outputs[0])
            if graph.shape(same) == graph.shape(output) and output not in graph.outputs:
                graph.redirect(output, same)
    graph.remove_unused()


def _same(graph: TfliteGraph, operator: schema.OperatorT, ranges: dict[int, Range]) -> int | None:
    """The input that holds what the operator gives, up to its shape."""
    kind, inputs = graph.kind(operator), [int(tensor) for tensor in operator.inputs]
    if kind == "ADD" and _is_plain(operator):
        return next((x for x, y in (inputs, inputs[::-1]) if ranges.get(y) == (0, 0)), None)
    if kind == "SELECT_V2":
        return {(1.0, 1.0): inputs[1], (0.0, 0.0): inputs[2]}.get(ranges.get(inputs[0], _ANY))
    return None


def value_ranges(graph: TfliteGraph) -> dict[int, Range]:
    """The lowest and highest number of tensors, whatever the input is, for a batch of one.

    A tensor is missing where no rule says anything about it; a bound is infinite where it has none.
    """
    ranges: dict[int, Range] = {}
    for operator in graph.operators:
        rule = _RULES.get(graph.kind(operator))
        if rule is None or not _is_plain(operator) or not _sums_one(graph, operator):
            continue
        kinds = [graph.graph.tensors[int(tensor)].type for tensor in operator.inputs]
        output = int(operator.outputs[0])
        kind = graph.graph.tensors[output].type
        if not {kind, *kinds} <= _ALL.keys():
            continue
        for tensor in map(int, operator.inputs):
            if tensor not in ranges and (constant := _range_of_constant(graph, tensor)) is not None:
                ranges[tensor] = constant
        inputs = zip(operator.inputs, kinds, strict=True)
        found = rule([ranges.get(int(tensor), _ALL[type_]) for tensor, type_ in inputs])
        if graph.kind(operator) == "CAST":
            found = _cast(found, kinds[0], kind)
        if (held := _held(found, kind)) is not None:
            ranges[output] = held
    return ranges


def _range_of_constant(graph: TfliteGraph, tensor: int) -> Range | None:
    if graph.graph.tensors[tensor].type == schema.TensorType.BOOL or not graph.is_constant(tensor):
        return None
    value = graph.value(tensor)
    return (float(value.min()), float(value.max())) if np.isfinite(value).all() else None


def _cast(bounds: Range, source: int, target: int) -> Range:
    """What a number between the bounds becomes: a whole number, or whether it is not zero."""
    low, high = bounds
    if target == schema.TensorType.BOOL:
        return float(low > 0 or high < 0), float(low != 0 or high != 0)
    if source == schema.TensorType.FLOAT32 and target == schema.TensorType.INT32:
        return _truncated(low), _truncated(high)
    return bounds


def _held(bounds: Range, kind: int) -> Range | None:
    """Bounds in the precision of a tensor's type; None where its numbers may overflow and begin again."""
    if kind == schema.TensorType.FLOAT32:
        with np.errstate(over="ignore"):
            bounds = float(np.float32(bounds[0])), float(np.float32(bounds[1]))
    elif kind == schema.TensorType.INT32 and (bounds[0] < _INT32.min or bounds[1] > _INT32.max):
        return None
    return None if math.isnan(bounds[0]) or math.isnan(bounds[1]) else bounds


def _is_plain(operator: schema.OperatorT) -> bool:
    return not getattr(operator.builtinOptions, "fusedActivationFunction", 0)


def _sums_one(graph: TfliteGraph, operator: schema.OperatorT) -> bool:
    """Whether an operator is no running sum, or one over an axis of size one, which changes nothing."""
    if graph.kind(operator) != "CUMSUM":
        return True
    source, axis = (int(tensor) for tensor in operator.inputs)
    options = operator.builtinOptions
    if not graph.is_constant(axis) or (options is not None and options.exclusive):
        return False
    return graph.shape(source)[int(graph.value(axis).item())] == 1


def _first(ranges: Sequence[Range]) -> Range:
    return ranges[0]


def _union(ranges: Sequence[Range]) -> Range:
    return min(low for low, _ in ranges), max(high for _, high in ranges)


def _product(ranges: Sequence[Range]) -> Range:
    # Zero times infinity is zero here: a bound that is infinite says only that numbers may be large.
    products = [x * y if x and y else 0.0 for x in ranges[0] for y in ranges[1]]
    return min(products), max(products)


def _less(ranges: Sequence[Range]) -> Range:
    (low, high), (other_low, other_high) = ranges
    return float(high < other_low), float(low < other_high)


def _by_ends(function: Callable[..., float]) -> Callable[[Sequence[Range]], Range]:
    """The rule of a function that grows with each of its arguments."""
    return lambda ranges: (function(*(low for low, _ in ranges)), function(*(high for _, high in ranges)))


def _whole(number: float) -> float:
    return float(math.floor(number)) if math.isfinite(number) else number


def _truncated(number: float) -> float:
    return float(math.trunc(number)) if math.isfinite(number) else number


_RULES: dict[str, Callable[[Sequence[Range]], Range]] = {
    "ADD": _by_ends(lambda x, y: x + y),
    "SUB": lambda ranges: (ranges[0][0] - ranges[1][1], ranges[0][1] - ranges[1][0]),
    "MUL": _product,
    "MINIMUM": _by_ends(min),
    "MAXIMUM": _by_ends(max),
    "RELU": _by_ends(lambda x: max(x, 0.0)),
    "FLOOR": _by_ends(_whole),
    "CAST": _first,  # see `_cast`
    "LESS": _less,
    "SELECT_V2": lambda ranges: _union(ranges[1:]),
    "CONCATENATION": _union,
    "PACK": _union,
    "CUMSUM": _first,
    "EXPAND_DIMS": _first,
    "GATHER": _first,
    "RESHAPE": _first,
    "STRIDED_SLICE": _first,
}
