"""Builds small networks operator by operator, with random weights, without TensorFlow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph

SAME, VALID = schema.Padding.SAME, schema.Padding.VALID
RELU, RELU6 = schema.ActivationFunctionType.RELU, schema.ActivationFunctionType.RELU6


def rng(*seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def options(kind: str, **values: Any) -> Any:
    made = getattr(schema, f"{kind}T")()
    for name, value in values.items():
        setattr(made, name, value)
    return made


def window_result(size: int, window: int, stride: int, padding: int) -> int:
    return -(-size // stride) if padding == SAME else (size - window) // stride + 1


def convolution(
    graph: TfliteGraph,
    source: int,
    channels: int,
    side: tuple[int, int] = (1, 1),
    stride: tuple[int, int] = (1, 1),
    padding: int = SAME,
    dilation: tuple[int, int] = (1, 1),
    groups: int = 1,
    activation: int = 0,
    dtype: Any = np.float32,
) -> int:
    """CONV_2D with random weights."""
    random = rng(channels, *side, groups)
    _, height, width, before = graph.shape(source)
    kernel = random.normal(size=(channels, *side, before // groups)).astype(dtype)
    weights = graph.add_constant(kernel, dtype)
    if dtype == np.float16:
        weights = graph.add_operator("DEQUANTIZE", [weights], kernel.shape)
    bias = graph.add_constant(random.normal(size=channels))
    reach = [(side[axis] - 1) * dilation[axis] + 1 for axis in range(2)]
    shape = (
        1,
        window_result(height, reach[0], stride[0], padding),
        window_result(width, reach[1], stride[1], padding),
        channels,
    )
    chosen = options(
        "Conv2DOptions",
        padding=padding,
        strideH=stride[0],
        strideW=stride[1],
        dilationHFactor=dilation[0],
        dilationWFactor=dilation[1],
        fusedActivationFunction=activation,
    )
    return graph.add_operator("CONV_2D", [source, weights, bias], shape, chosen)


def depthwise(
    graph: TfliteGraph,
    source: int,
    side: int = 3,
    stride: int = 1,
    padding: int = SAME,
    multiplier: int = 1,
    dilation: int = 1,
    activation: int = 0,
) -> int:
    """DEPTHWISE_CONV_2D with random weights."""
    _, height, width, before = graph.shape(source)
    random = rng(side, stride, multiplier)
    channels = before * multiplier
    weights = graph.add_constant(random.normal(size=(1, side, side, channels)))
    bias = graph.add_constant(random.normal(size=channels))
    reach = (side - 1) * dilation + 1
    shape = (
        1,
        window_result(height, reach, stride, padding),
        window_result(width, reach, stride, padding),
        channels,
    )
    chosen = options(
        "DepthwiseConv2DOptions",
        padding=padding,
        strideH=stride,
        strideW=stride,
        depthMultiplier=multiplier,
        dilationHFactor=dilation,
        dilationWFactor=dilation,
        fusedActivationFunction=activation,
    )
    return graph.add_operator("DEPTHWISE_CONV_2D", [source, weights, bias], shape, chosen)


def pool(
    graph: TfliteGraph,
    source: int,
    kind: str = "MAX_POOL_2D",
    side: tuple[int, int] = (2, 2),
    stride: tuple[int, int] = (2, 2),
    padding: int = SAME,
    activation: int = 0,
) -> int:
    _, height, width, channels = graph.shape(source)
    shape = (
        1,
        window_result(height, side[0], stride[0], padding),
        window_result(width, side[1], stride[1], padding),
        channels,
    )
    chosen = options(
        "Pool2DOptions",
        padding=padding,
        filterHeight=side[0],
        filterWidth=side[1],
        strideH=stride[0],
        strideW=stride[1],
        fusedActivationFunction=activation,
    )
    return graph.add_operator(kind, [source], shape, chosen)


def prelu(graph: TfliteGraph, source: int, per_column: bool = False) -> int:
    shape = graph.shape(source)
    slopes = rng(7).normal(size=(1, 1, shape[-1]))
    if per_column:
        slopes = np.repeat(slopes, shape[2], axis=1)
    return graph.add_operator("PRELU", [source, graph.add_constant(slopes)], shape)


def pad(graph: TfliteGraph, source: int, amounts: Sequence[tuple[int, int]]) -> int:
    shape = [size + sum(amount) for size, amount in zip(graph.shape(source), amounts, strict=True)]
    constant = graph.add_constant(np.asarray(amounts), np.int32)
    return graph.add_operator("PAD", [source, constant], shape, options("PadOptions"))


def binary(graph: TfliteGraph, kind: str, first: int, second: int, activation: int | None = 0) -> int:
    shape = np.broadcast_shapes(graph.shape(first), graph.shape(second))
    names = {"ADD": "AddOptions", "SUB": "SubOptions", "MUL": "MulOptions", "DIV": "DivOptions"}
    chosen = options(names[kind], fusedActivationFunction=activation) if kind in names else None
    return graph.add_operator(kind, [first, second], shape, chosen)


def unary(kind: str) -> Callable[[TfliteGraph, list[int]], int]:
    return lambda graph, inputs: graph.add_operator(kind, inputs, graph.shape(inputs[0]))


def reshape(graph: TfliteGraph, source: int, shape: Sequence[int]) -> int:
    constant = graph.add_constant(np.asarray(shape), np.int32)
    return graph.add_operator("RESHAPE", [source, constant], shape, options("ReshapeOptions", newShape=shape))


def reduce(kind: str, axes: Sequence[int], keep: bool) -> Callable[[TfliteGraph, list[int]], int]:
    def build(graph: TfliteGraph, inputs: list[int]) -> int:
        before = graph.shape(inputs[0])
        shape = [1 if axis in axes else size for axis, size in enumerate(before)]
        if not keep:
            shape = [size for axis, size in enumerate(before) if axis not in axes]
        constant = graph.add_constant(np.asarray(axes), np.int32)
        chosen = options("ReducerOptions", keepDims=keep)
        return graph.add_operator(kind, [inputs[0], constant], shape, chosen)

    return build


def concatenate(graph: TfliteGraph, sources: Sequence[int], axis: int) -> int:
    shape = list(graph.shape(sources[0]))
    shape[axis] = sum(graph.shape(source)[axis] for source in sources)
    return graph.add_operator(
        "CONCATENATION",
        sources,
        shape,
        options("ConcatenationOptions", axis=axis, fusedActivationFunction=0),
    )


def strided_slice(
    graph: TfliteGraph, source: int, begin: list[int], end: list[int], strides: list[int], shrink: int = 0
) -> int:
    taken = [
        slice(first, None if stop == -9 else stop, step)
        for first, stop, step in zip(begin, end, strides, strict=True)
    ]
    shape = list(np.empty(graph.shape(source))[tuple(taken)].shape)
    shape = [size for axis, size in enumerate(shape) if not shrink & 1 << axis]
    ends = sum(1 << axis for axis, stop in enumerate(end) if stop == -9)
    constants = [graph.add_constant(np.asarray(values), np.int32) for values in (begin, end, strides)]
    chosen = options(
        "StridedSliceOptions", beginMask=0, endMask=ends, ellipsisMask=0, newAxisMask=0, shrinkAxisMask=shrink
    )
    return graph.add_operator("STRIDED_SLICE", [source, *constants], shape, chosen)


def fully_connected(graph: TfliteGraph, source: int, outputs: int, activation: int = 0) -> int:
    before = graph.shape(source)
    random = rng(outputs)
    weights = graph.add_constant(random.normal(size=(outputs, before[-1])))
    bias = graph.add_constant(random.normal(size=outputs))
    chosen = options(
        "FullyConnectedOptions", fusedActivationFunction=activation, weightsFormat=0, keepNumDims=True
    )
    return graph.add_operator("FULLY_CONNECTED", [source, weights, bias], (*before[:-1], outputs), chosen)


def matmul(graph: TfliteGraph, first: int, second: int, turn: tuple[bool, bool] = (False, False)) -> int:
    a, b = graph.shape(first), graph.shape(second)
    rows, columns = a[-1 if turn[0] else -2], b[-2 if turn[1] else -1]
    chosen = options("BatchMatMulOptions", adjX=turn[0], adjY=turn[1])
    return graph.add_operator("BATCH_MATMUL", [first, second], (*a[:-2], rows, columns), chosen, version=2)


def gather(graph: TfliteGraph, table: int, indices: int, axis: int, batch: int = 0) -> int:
    before, chosen = graph.shape(table), graph.shape(indices)
    shape = (*before[:axis], *chosen[batch:], *before[axis + 1 :])
    return graph.add_operator(
        "GATHER", [table, indices], shape, options("GatherOptions", axis=axis, batchDims=batch)
    )


def look_up(graph: TfliteGraph, inputs: list[int]) -> int:
    """GATHER by indices that the network calculates: the second input, −2 to 3, is shifted to 0 to 5."""
    shifted = binary(graph, "ADD", inputs[1], graph.add_constant(2.0))
    chosen = options("CastOptions", inDataType=0, outDataType=schema.TensorType.INT32)
    indices = graph.add_operator("CAST", [shifted], graph.shape(shifted), chosen, dtype=np.int32)
    return gather(graph, inputs[0], indices, 1, 1)


def resize(graph: TfliteGraph, source: int, size: tuple[int, int], aligned: bool, half: bool) -> int:
    _, _, _, channels = graph.shape(source)
    constant = graph.add_constant(np.asarray(size), np.int32)
    chosen = options("ResizeBilinearOptions", alignCorners=aligned, halfPixelCenters=half)
    return graph.add_operator("RESIZE_BILINEAR", [source, constant], (1, *size, channels), chosen, version=3)


def block(
    graph: TfliteGraph, source: int, channels: int, stride: int = 1, groups: int = 1, skip: str = "own"
) -> int:
    """The networks' block: depthwise, pointwise, skip, PReLU."""
    result = depthwise(graph, source, stride=stride)
    result = convolution(graph, result, channels, groups=groups)
    added = source
    if stride == 2:
        added = pool(graph, added)
    before = graph.shape(added)[-1]
    if skip == "padded":
        if groups > 1:
            _, height, width, _ = graph.shape(added)
            opened = reshape(graph, added, (1, height * width, groups, before // groups))
            more = (channels - before) // groups
            opened = pad(graph, opened, [(0, 0), (0, 0), (0, 0), (0, more)])
            added = reshape(graph, opened, (1, height, width, channels))
        else:
            added = pad(graph, added, [(0, 0), (0, 0), (0, 0), (0, channels - before)])
    elif skip == "zeros":
        shape = (*graph.shape(added)[:-1], channels - before)
        added = concatenate(graph, [added, graph.add_constant(np.zeros(shape))], 3)
    return prelu(graph, binary(graph, "ADD", result, added))
