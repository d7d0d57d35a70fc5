"""Rules for operators that only move elements: they become views, or copies by strides."""

from __future__ import annotations

import math

import numpy as np

from attention_mesh.webgpu.compiler.emitter import Emitter
from attention_mesh.webgpu.compiler.map_rules import emit_border
from attention_mesh.webgpu.compiler.network import Operator
from attention_mesh.webgpu.compiler.slices import slice_ranges
from attention_mesh.webgpu.compiler.steps import TensorStep
from attention_mesh.webgpu.compiler.tensor_rules import Rule, fused_activation
from attention_mesh.webgpu.compiler.views import constant_view


def _reshape(emitter: Emitter, operator: Operator) -> None:
    """RESHAPE, EXPAND_DIMS, SQUEEZE."""
    shape = emitter.shape(operator.outputs[0])
    view = emitter.view(operator.inputs[0])
    if view.count != math.prod(shape):
        raise emitter.unsupported(operator, f"{view.shape} does not become {shape}")
    changed = view.reshaped(shape) or emitter.contiguous(operator.inputs[0]).reshaped(shape)
    assert changed is not None
    emitter.alias(operator, changed)


def _transpose(emitter: Emitter, operator: Operator) -> None:
    order = emitter.constant(operator, 1, "axes")
    emitter.alias(operator, emitter.view(operator.inputs[0]).transposed([int(axis) for axis in order]))


def _strided_slice(emitter: Emitter, operator: Operator) -> None:
    begin, end, strides = (
        emitter.constant(operator, place, "the ends of the slice") for place in range(1, 4)
    )
    view = emitter.view(operator.inputs[0])
    try:
        ranges = slice_ranges(view.shape, begin, end, strides, operator.options)
    except ValueError as error:
        raise emitter.unsupported(operator, str(error)) from error
    for axis, taken in enumerate(ranges):
        view = view.part(axis, taken.start, taken.count, taken.step)
    kept = [axis for axis, taken in enumerate(ranges) if not taken.dropped]
    emitter.alias(operator, view.transposed(kept))


def _slice(emitter: Emitter, operator: Operator) -> None:
    begin, sizes = (emitter.constant(operator, place, "the ends of the slice") for place in (1, 2))
    view = emitter.view(operator.inputs[0])
    for axis, (start, size) in enumerate(zip(begin, sizes, strict=True)):
        count = view.shape[axis] - int(start) if size == -1 else int(size)
        view = view.part(axis, int(start), count)
    emitter.alias(operator, view)


def _split(emitter: Emitter, operator: Operator) -> None:
    """SPLIT (axis, value), SPLIT_V (value, sizes, axis), UNPACK."""
    is_plain = operator.kind == "SPLIT"
    view = emitter.view(operator.inputs[1 if is_plain else 0])
    if operator.kind == "UNPACK":
        axis = operator.options["axis"] % len(view.shape)
    else:
        axis = int(emitter.constant(operator, 0 if is_plain else 2, "the axis").item()) % len(view.shape)
    start = 0
    for number in operator.outputs:
        if operator.kind == "UNPACK":
            part = view.part(axis, start, 1)
            start += 1
            emitter.alias_tensor(number, part.transposed([a for a in range(len(view.shape)) if a != axis]))
        else:
            size = emitter.shape(number)[axis]
            emitter.alias_tensor(number, view.part(axis, start, size))
            start += size


def _concatenate(emitter: Emitter, operator: Operator) -> None:
    target = emitter.allocate(operator.outputs[0])
    axis = operator.options["axis"] % len(target.shape)
    activation, start = fused_activation(emitter, operator), 0
    for number in operator.inputs:
        view = emitter.view(number)
        size = view.shape[axis]
        part = target.part(axis, start, size)
        start += size
        if size:
            emitter.steps.append(
                TensorStep(str(operator), "copy", part.shape, part, [view], activation=activation)
            )


def _pack(emitter: Emitter, operator: Operator) -> None:
    target = emitter.allocate(operator.outputs[0])
    axis = operator.options["axis"] % len(target.shape)
    rest = [other for other in range(len(target.shape)) if other != axis]
    for place, number in enumerate(operator.inputs):
        part = target.part(axis, place, 1).transposed(rest)
        emitter.emit_copy(str(operator), emitter.view(number), part)


def _pad(emitter: Emitter, operator: Operator) -> None:
    """PAD and PADV2: a border around a map, else the value everywhere, then the tensor over it."""
    amounts = emitter.constant(operator, 1, "the amounts")
    value = emitter.constant(operator, 2, "the value") if len(operator.inputs) > 2 else np.zeros(1)
    shape = emitter.shape(operator.inputs[0])
    is_map = len(shape) == 4 and shape[0] == 1 and shape[3] % 4 == 0
    if is_map and not value.any() and not amounts[[0, 3]].any():
        emit_border(emitter, operator, int(amounts[1, 0]), int(amounts[2, 0]))
        return
    target = emitter.allocate(operator.outputs[0])
    emitter.emit_copy(str(operator), constant_view(np.asarray(value).reshape(())), target)
    view, inner = emitter.view(operator.inputs[0]), target
    for axis, (before, _) in enumerate(amounts):
        inner = inner.part(axis, int(before), view.shape[axis])
    emitter.emit_copy(str(operator), view, inner)


def _broadcast_to(emitter: Emitter, operator: Operator) -> None:
    emitter.alias(operator, emitter.view(operator.inputs[0]).broadcast(emitter.shape(operator.outputs[0])))


def _tile(emitter: Emitter, operator: Operator) -> None:
    """TILE, where it repeats axes of size one only."""
    view, shape = emitter.view(operator.inputs[0]), emitter.shape(operator.outputs[0])
    if any(size not in (1, wanted) for size, wanted in zip(view.shape, shape, strict=True)):
        raise emitter.unsupported(
            operator, f"it repeats {view.shape} to {shape}; only axes of size one can be"
        )
    emitter.alias(operator, view.broadcast(shape))


def _cumsum(emitter: Emitter, operator: Operator) -> None:
    """CUMSUM along an axis of size one, as exports count the faces of a batch: a sum is the number itself."""
    view = emitter.view(operator.inputs[0])
    axis = int(emitter.constant(operator, 1, "the axes").item())
    if view.shape[axis] != 1 or operator.options.get("exclusive"):
        kind = "exclusive" if operator.options.get("exclusive") else "inclusive"
        raise emitter.unsupported(
            operator,
            f"it makes {kind} sums along axis {axis} of {view.shape}; expected inclusive ones, size one",
        )
    emitter.alias(operator, view)


def _depth_to_space(emitter: Emitter, operator: Operator) -> None:
    block = operator.options["blockSize"]
    source = emitter.contiguous(operator.inputs[0])
    _, height, width, channels = source.shape
    opened = source.reshaped((height, width, block, block, channels // block**2))
    assert opened is not None
    result = emitter.allocate(operator.outputs[0]).reshaped(
        (height, block, width, block, channels // block**2)
    )
    assert result is not None
    emitter.emit_copy(str(operator), opened.transposed((0, 2, 1, 3, 4)), result)


def _space_to_depth(emitter: Emitter, operator: Operator) -> None:
    block = operator.options["blockSize"]
    _, height, width, channels = emitter.shape(operator.outputs[0])
    source = emitter.contiguous(operator.inputs[0])
    opened = source.reshaped((height, block, width, block, channels // block**2))
    result = emitter.allocate(operator.outputs[0]).reshaped(
        (height, width, block, block, channels // block**2)
    )
    assert opened is not None
    assert result is not None
    emitter.emit_copy(str(operator), opened.transposed((0, 2, 1, 3, 4)), result)


LAYOUT_RULES: dict[str, Rule] = {
    **dict.fromkeys(["RESHAPE", "EXPAND_DIMS", "SQUEEZE"], _reshape),
    **dict.fromkeys(["SPLIT", "SPLIT_V", "UNPACK"], _split),
    **dict.fromkeys(["PAD", "PADV2"], _pad),
    "BROADCAST_TO": _broadcast_to,
    "CONCATENATION": _concatenate,
    "CUMSUM": _cumsum,
    "DEPTH_TO_SPACE": _depth_to_space,
    "PACK": _pack,
    "SLICE": _slice,
    "SPACE_TO_DEPTH": _space_to_depth,
    "STRIDED_SLICE": _strided_slice,
    "TILE": _tile,
    "TRANSPOSE": _transpose,
}
