"""Small networks, one for each operator and form that the compiler takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from attention_mesh.models.weights.conversion.custom_operators import write_transform_tensor_bilinear
from attention_mesh.models.weights.conversion.operator_writer import OperatorWriter
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph
from attention_mesh.tests.webgpu.compiler.network_builder import (
    RELU,
    RELU6,
    SAME,
    VALID,
    binary,
    block,
    concatenate,
    convolution,
    depthwise,
    fully_connected,
    gather,
    look_up,
    matmul,
    options,
    pad,
    pool,
    prelu,
    reduce,
    reshape,
    resize,
    strided_slice,
    unary,
)


@dataclass(frozen=True)
class Case:
    """A network and what may differ.

    Attributes:
        build: adds operators to a graph with these inputs, and returns the outputs.
        shapes: of the inputs.
        tolerance: largest difference from LiteRT's CPU results, relative to the largest number among them.
        low: smallest input, where an operator is not defined below.
    """

    build: Callable[[TfliteGraph, list[int]], int | Sequence[int]]
    shapes: Sequence[tuple[int, ...]]
    tolerance: float = 2e-6
    low: float = -2.0


def network(case: Case) -> bytes:
    """The bytes of a case's .tflite file."""
    graph = TfliteGraph.empty()
    outputs = case.build(graph, [graph.add_input(shape) for shape in case.shapes])
    graph.set_outputs([outputs] if isinstance(outputs, int) else list(outputs))
    return graph.to_bytes()


def chain(*steps: Callable[[TfliteGraph, int], int]) -> Callable[[TfliteGraph, list[int]], int]:
    """A network of one input, operator after operator."""

    def build(graph: TfliteGraph, inputs: list[int]) -> int:
        source = inputs[0]
        for step in steps:
            source = step(graph, source)
        return source

    return build


def _on(step: Callable[..., int], *arguments: Any, **named: Any) -> Callable[[TfliteGraph, list[int]], int]:
    return lambda graph, inputs: step(graph, inputs[0], *arguments, **named)


def _binary(kind: str) -> Callable[[TfliteGraph, list[int]], int]:
    return lambda graph, inputs: binary(graph, kind, inputs[0], inputs[1])


def _select(graph: TfliteGraph, inputs: list[int]) -> int:
    shape = graph.shape(inputs[0])
    condition = graph.add_operator("GREATER", inputs, shape, dtype=np.int32)
    graph.graph.tensors[condition].type = schema.TensorType.BOOL
    return graph.add_operator("SELECT_V2", [condition, inputs[1], graph.add_constant(0.25)], shape)


def _compare(kind: str) -> Callable[[TfliteGraph, list[int]], int]:
    """A comparison of rounded numbers, and by it a choice between the two."""

    def build(graph: TfliteGraph, inputs: list[int]) -> int:
        first, second = (unary("FLOOR")(graph, [number]) for number in inputs)
        shape = graph.shape(first)
        condition = graph.add_operator(kind, [first, second], shape, dtype=np.int32)
        graph.graph.tensors[condition].type = schema.TensorType.BOOL
        return graph.add_operator("SELECT", [condition, inputs[0], inputs[1]], shape)

    return build


def _ints(graph: TfliteGraph, *values: int) -> int:
    return graph.add_constant(np.asarray(values), np.int32)


def _split(graph: TfliteGraph, inputs: list[int]) -> list[int]:
    """SPLIT, SPLIT_V and UNPACK of one tensor (1, 6, 4)."""
    halves = graph.add_operator(
        "SPLIT", [graph.add_constant(1, np.int32), inputs[0]], (1, 3, 4), options("SplitOptions", numSplits=2)
    )
    parts = graph.add_operator(
        "SPLIT_V",
        [inputs[0], _ints(graph, 1, 5), graph.add_constant(1, np.int32)],
        (1, 1, 4),
        options("SplitVOptions", numSplits=2),
    )
    columns = graph.add_operator("UNPACK", [halves], (1, 3), options("UnpackOptions", num=4, axis=2))
    results = []
    for first, more in ((halves, [(1, 3, 4)]), (parts, [(1, 5, 4)]), (columns, [(1, 3)] * 3)):
        maker = graph.producers()[first]
        outputs = [first, *(graph.add_tensor(shape) for shape in more)]
        maker.outputs = np.asarray(outputs, np.int32)
        results += outputs
    return [unary("NEG")(graph, [result]) for result in results]


def _axes(graph: TfliteGraph, inputs: list[int]) -> int:
    """EXPAND_DIMS, SQUEEZE, BROADCAST_TO and TILE of (1, 5)."""
    opened = graph.add_operator("EXPAND_DIMS", [inputs[0], _ints(graph, 1)], (1, 1, 5))
    wide = graph.add_operator("BROADCAST_TO", [opened, _ints(graph, 1, 3, 5)], (1, 3, 5), version=2)
    tall = graph.add_operator("EXPAND_DIMS", [wide, _ints(graph, 1)], (1, 1, 3, 5))
    tiled = graph.add_operator("TILE", [tall, _ints(graph, 1, 2, 1, 1)], (1, 2, 3, 5))
    column = strided_slice(graph, tiled, [0, 0, 1, 0], [1, 2, 2, 5], [1, 1, 1, 1])
    return graph.add_operator("SQUEEZE", [column], (1, 2, 5), options("SqueezeOptions", squeezeDims=[2]))


def cumsum(graph: TfliteGraph, inputs: list[int], axis: int = 0, **values: bool) -> int:
    """The negative of a CUMSUM of (1, 5)."""
    axis_tensor = graph.add_constant(np.array(axis), np.int32)
    total = graph.add_operator("CUMSUM", [inputs[0], axis_tensor], (1, 5), options("CumsumOptions", **values))
    return unary("NEG")(graph, [total])


def _slice(graph: TfliteGraph, inputs: list[int]) -> int:
    sliced = graph.add_operator(
        "SLICE",
        [inputs[0], _ints(graph, 0, 2, 1), _ints(graph, 1, -1, 2)],
        (1, 4, 2),
        options("SliceOptions"),
    )
    return graph.add_operator(
        "PADV2",
        [sliced, graph.add_constant([[0, 0], [1, 2], [0, 1]], np.int32), graph.add_constant(-1.5)],
        (1, 7, 3),
    )


def _add_n(graph: TfliteGraph, inputs: list[int]) -> int:
    return graph.add_operator("ADD_N", inputs, graph.shape(inputs[0]), options("AddNOptions"))


def _split_convolution(graph: TfliteGraph, inputs: list[int]) -> int:
    """A block as files for CPUs have it: only the channels that have a skip add one."""
    own = depthwise(graph, inputs[0], stride=2)
    first = binary(graph, "ADD", convolution(graph, own, 8), pool(graph, inputs[0]))
    return prelu(graph, concatenate(graph, [first, convolution(graph, own, 4)], 3))


def _weighted_rows(graph: TfliteGraph, inputs: list[int]) -> int:
    """Two rows of a table for each of seven places, weighted and summed."""
    rows = look_up(graph, inputs[:2])
    product = binary(graph, "MUL", rows, inputs[2])
    return reduce("SUM", [1], False)(graph, [product])


def _bilinear_samples(graph: TfliteGraph, inputs: list[int]) -> int:
    """A map sampled as the attention mesh does it, with some thirty operators."""
    return write_transform_tensor_bilinear(OperatorWriter(graph), inputs[0], inputs[1], 4, 6)


def _computed_kernel(graph: TfliteGraph, inputs: list[int]) -> int:
    _, height, width, _ = graph.shape(inputs[0])
    channels = graph.shape(inputs[1])[0]
    chosen = options("Conv2DOptions", padding=VALID, strideH=1, strideW=1)
    bias = graph.add_constant(np.zeros(channels))
    return graph.add_operator("CONV_2D", [*inputs, bias], (1, height, width, channels), chosen)


def _transpose(graph: TfliteGraph, inputs: list[int]) -> int:
    constant = graph.add_constant(np.array([0, 3, 1, 2]), np.int32)
    before = graph.shape(inputs[0])
    turned = graph.add_operator(
        "TRANSPOSE",
        [inputs[0], constant],
        [before[axis] for axis in (0, 3, 1, 2)],
        options("TransposeOptions"),
    )
    return binary(graph, "ADD", turned, graph.add_constant(1.0))


def _two_outputs(graph: TfliteGraph, inputs: list[int]) -> list[int]:
    """One result is read again, another is a part of it."""
    result = unary("TANH")(graph, inputs)
    return [result, strided_slice(graph, result, [0, 1, 0, 0], [1, 3, 4, 3], [1, 1, 2, 1])]


def _pack(graph: TfliteGraph, inputs: list[int]) -> int:
    _, height, width = graph.shape(inputs[0])
    return graph.add_operator(
        "PACK", inputs, (1, height, 2, width), options("PackOptions", valuesCount=2, axis=2)
    )


def _depth_to_space(graph: TfliteGraph, inputs: list[int]) -> int:
    return graph.add_operator(
        "DEPTH_TO_SPACE", inputs, (1, 6, 10, 3), options("DepthToSpaceOptions", blockSize=2)
    )


def _space_to_depth(graph: TfliteGraph, inputs: list[int]) -> int:
    return graph.add_operator(
        "SPACE_TO_DEPTH", inputs, (1, 2, 3, 20), options("SpaceToDepthOptions", blockSize=2)
    )


def _softmax(graph: TfliteGraph, inputs: list[int]) -> int:
    return graph.add_operator("SOFTMAX", inputs, graph.shape(inputs[0]), options("SoftmaxOptions", beta=1.5))


def _leaky(graph: TfliteGraph, inputs: list[int]) -> int:
    return graph.add_operator(
        "LEAKY_RELU", inputs, graph.shape(inputs[0]), options("LeakyReluOptions", alpha=0.2)
    )


_MAP = [(1, 7, 9, 8)]

CASES: dict[str, Case] = {
    "pointwise": Case(_on(convolution, 12), _MAP),
    "pointwise of odd channels": Case(_on(convolution, 5), [(1, 5, 3, 7)]),
    "pointwise of one pixel": Case(_on(convolution, 64), [(1, 1, 1, 36)]),
    "pointwise of many channels": Case(_on(convolution, 260), [(1, 2, 3, 640)], 1e-5),
    "pointwise in groups": Case(_on(convolution, 24, groups=3), [(1, 4, 5, 12)]),
    "pointwise in groups of one channel": Case(_on(convolution, 6, groups=3), [(1, 4, 5, 6)]),
    "pointwise with a stride": Case(_on(convolution, 8, stride=(2, 2), padding=VALID), _MAP),
    "pointwise with float16 weights": Case(_on(convolution, 8, dtype=np.float16), _MAP, 2e-3),
    "convolution": Case(_on(convolution, 9, (3, 3)), _MAP),
    "convolution split for a CPU": Case(_split_convolution, [(1, 6, 6, 8)]),
    "weighted rows": Case(_weighted_rows, [(1, 6, 8), (1, 2, 7), (1, 2, 7, 1)]),
    "weighted rows of odd channels": Case(_weighted_rows, [(1, 6, 5), (1, 2, 7), (1, 2, 7, 1)]),
    "bilinear samples": Case(_bilinear_samples, [(1, 9, 7, 8), (1, 2, 2, 3)], 1e-5),
    "convolution of three channels": Case(_on(convolution, 16, (3, 3), (2, 2)), [(1, 12, 14, 3)]),
    "convolution without padding": Case(_on(convolution, 4, (3, 3), (2, 1), VALID), _MAP),
    "convolution of an even window": Case(_on(convolution, 4, (4, 2), (2, 2)), _MAP),
    "convolution with ReLU": Case(_on(convolution, 4, (5, 5), activation=RELU), _MAP),
    "convolution with ReLU6": Case(_on(convolution, 8, activation=RELU6), _MAP),
    "dilated convolution": Case(_on(convolution, 4, (3, 3), dilation=(2, 3)), _MAP),
    "convolution in groups": Case(_on(convolution, 16, (3, 3), groups=2), _MAP),
    "convolution over the whole map": Case(_on(convolution, 10, (7, 9), padding=VALID), _MAP),
    "depthwise": Case(_on(depthwise), _MAP),
    "depthwise of odd channels": Case(_on(depthwise, 5, 2), [(1, 8, 6, 3)]),
    "depthwise with a multiplier": Case(_on(depthwise, 3, 1, VALID, 2, 1, RELU6), [(1, 6, 6, 3)]),
    "dilated depthwise": Case(_on(depthwise, 3, 1, SAME, 1, 2), _MAP),
    "block": Case(_on(block, 8), _MAP),
    "block with more channels": Case(_on(block, 16, skip="padded"), _MAP),
    "block with concatenated zeros": Case(_on(block, 16, skip="zeros"), _MAP),
    "block with a stride": Case(_on(block, 12, 2, skip="padded"), _MAP),
    "block with a stride and its own channels": Case(_on(block, 8, 2), [(1, 6, 6, 8)]),
    "block in groups": Case(_on(block, 48, 2, 3, "padded"), [(1, 8, 8, 24)]),
    "block of odd channels": Case(_on(block, 11, 2, skip="padded"), [(1, 6, 6, 6)]),
    # Large maps: of more than 64 blocks of 2×2 pixels, or strips of four.
    "block of a large map": Case(_on(block, 4), [(1, 17, 18, 4)]),
    "block of a large map of 16 channels": Case(_on(block, 16), [(1, 17, 18, 16)]),
    "block of a large map with a stride": Case(_on(block, 16, 2, skip="padded"), [(1, 34, 32, 8)]),
    "pointwise of a large map": Case(_on(convolution, 16), [(1, 17, 18, 8)]),
    "convolution of a large map": Case(_on(convolution, 16, (3, 3), (2, 2)), [(1, 40, 38, 3)]),
    "block of a large window": Case(
        chain(lambda g, s: depthwise(g, s, 5, 2), lambda g, s: convolution(g, s, 8, activation=RELU)),
        [(1, 11, 9, 8)],
    ),
    "two blocks": Case(chain(lambda g, s: block(g, s, 8), lambda g, s: block(g, s, 8)), _MAP),
    "padding before a depthwise convolution": Case(
        chain(
            lambda g, s: pad(g, s, [(0, 0), (1, 2), (2, 1), (0, 0)]),
            lambda g, s: depthwise(g, s, padding=VALID),
            lambda g, s: convolution(g, s, 8, activation=RELU),
        ),
        _MAP,
    ),
    "PReLU with slopes for every column": Case(
        chain(lambda g, s: convolution(g, s, 8), lambda g, s: prelu(g, s, True)), _MAP
    ),
    "PReLU alone": Case(_on(prelu), _MAP),
    "a convolution added to another": Case(
        lambda g, i: binary(g, "ADD", convolution(g, i[0], 8), convolution(g, i[0], 8, (3, 3)), RELU), _MAP
    ),
    "maxima": Case(_on(pool), _MAP),
    "maxima without padding": Case(_on(pool, "MAX_POOL_2D", (3, 2), (2, 1), VALID), _MAP),
    "means": Case(_on(pool, "AVERAGE_POOL_2D", (3, 3), (2, 2), SAME, RELU), _MAP),
    "border of a map": Case(_on(pad, [(0, 0), (1, 2), (3, 1), (0, 0)]), [(1, 5, 7, 8)]),
    "border above a map": Case(_on(pad, [(0, 0), (2, 0), (0, 0), (0, 0)]), [(1, 5, 7, 4)]),
    "border of odd channels": Case(_on(pad, [(0, 0), (1, 2), (3, 1), (0, 0)]), [(1, 5, 7, 6)]),
    "padding": Case(_on(pad, [(0, 0), (1, 0), (2, 3), (0, 4)]), _MAP),
    "resized": Case(_on(resize, (14, 18), False, True), _MAP, 1e-5),
    "resized to other sides": Case(_on(resize, (5, 17), False, False), _MAP, 1e-5),
    "resized with corners aligned": Case(_on(resize, (13, 20), True, False), _MAP, 1e-5),
    "sum": Case(_binary("ADD"), [(1, 4, 5, 3), (1, 4, 5, 3)]),
    "sum over a row": Case(_binary("ADD"), [(1, 4, 5, 3), (1, 1, 5, 1)]),
    "sum with ReLU6": Case(
        lambda g, i: binary(g, "ADD", i[0], g.add_constant([1.0, 2, 3]), RELU6), [(1, 4, 3)]
    ),
    "difference": Case(_binary("SUB"), [(1, 5, 3), (1, 1, 3)]),
    "product": Case(_binary("MUL"), [(1, 1, 3), (1, 5, 1)]),
    "quotient": Case(_binary("DIV"), [(1, 4, 5, 3), (1, 1, 1, 3)], low=0.5),
    "maximum": Case(_binary("MAXIMUM"), [(1, 5, 3), (1, 5, 3)]),
    "minimum": Case(_binary("MINIMUM"), [(1, 5, 3), (1, 5, 3)]),
    "squared difference": Case(_binary("SQUARED_DIFFERENCE"), [(1, 5, 3), (1, 5, 3)]),
    "power": Case(_binary("POW"), [(1, 5, 3), (1, 5, 3)], 1e-5, low=0.2),
    **{
        kind.lower().replace("_", " "): Case(_compare(kind), [(1, 5, 9), (1, 5, 9)])
        for kind in ("LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL", "EQUAL")
    },
    "sum of three": Case(_add_n, [(1, 5, 3)] * 3),
    "split": Case(_split, [(1, 6, 4)]),
    "axes": Case(_axes, [(1, 5)]),
    "slice with a value around it": Case(_slice, [(1, 6, 4)]),
    "choice": Case(_select, [(1, 5, 3), (1, 5, 3)]),
    **{
        kind.lower(): Case(unary(kind), [(1, 3, 7, 5)], 1e-5)
        for kind in (
            "ABS",
            "NEG",
            "SQUARE",
            "FLOOR",
            "CEIL",
            "ROUND",
            "EXP",
            "SIN",
            "COS",
            "TANH",
            "LOGISTIC",
        )
    },
    **{
        kind.lower(): Case(unary(kind), [(1, 300)])
        for kind in ("RELU", "RELU6", "RELU_N1_TO_1", "HARD_SWISH", "ELU")
    },
    **{kind.lower(): Case(unary(kind), [(1, 3, 7, 5)], 1e-5, 0.1) for kind in ("SQRT", "RSQRT", "LOG")},
    "sum so far of the only row": Case(cumsum, [(1, 5)]),
    "leaky ReLU": Case(_leaky, [(1, 30)]),
    "sum of rows": Case(reduce("SUM", [1], True), [(1, 8, 3)]),
    "mean of the map": Case(reduce("MEAN", [1, 2], False), _MAP),
    "mean of all": Case(reduce("MEAN", [1, 2, 3], True), _MAP),
    "maximum of columns": Case(reduce("REDUCE_MAX", [2], True), [(1, 4, 6, 3)]),
    "minimum of rows": Case(reduce("REDUCE_MIN", [1], False), [(1, 4, 6, 3)]),
    "product of channels": Case(reduce("REDUCE_PROD", [3], False), [(1, 2, 3, 4)]),
    "softmax": Case(_softmax, [(1, 6, 11)], 1e-5),
    "fully connected": Case(_on(fully_connected, 13, RELU), [(1, 29)]),
    "fully connected with many weights": Case(_on(fully_connected, 201, RELU), [(1, 50)]),
    "fully connected for every row": Case(_on(fully_connected, 6), [(1, 3, 4)]),
    "product of matrices": Case(lambda g, i: matmul(g, *i), [(1, 3, 7, 5), (1, 3, 5, 4)]),
    "product of turned matrices": Case(lambda g, i: matmul(g, *i, (True, True)), [(1, 5, 7), (1, 4, 5)]),
    "calculated kernel": Case(_computed_kernel, [(1, 4, 3, 6), (5, 1, 1, 6)]),
    "reshaped": Case(chain(lambda g, s: reshape(g, s, (1, 63, 8)), lambda g, s: prelu(g, s)), _MAP),
    "transposed": Case(_transpose, _MAP),
    "transposed and reshaped": Case(lambda g, i: reshape(g, _transpose(g, i), (1, 8, 63)), _MAP),
    "slice": Case(_on(strided_slice, [0, 1, 8, 2], [1, 6, 0, 7], [1, 2, -3, 1]), _MAP),
    "slice that drops an axis": Case(_on(strided_slice, [0, 2, 0, 1], [1, 3, 9, -9], [1, 1, 1, 3], 2), _MAP),
    "convolution of a slice": Case(
        chain(
            lambda g, s: strided_slice(g, s, [0, 0, 0, 1], [1, 7, 9, 5], [1, 1, 1, 1]),
            lambda g, s: convolution(g, s, 4),
        ),
        _MAP,
    ),
    "concatenation": Case(lambda g, i: concatenate(g, i, 2), [(1, 4, 3, 2), (1, 4, 5, 2), (1, 4, 1, 2)]),
    "concatenation of channels": Case(lambda g, i: concatenate(g, i, 3), [(1, 4, 3, 2), (1, 4, 3, 7)]),
    "pack": Case(_pack, [(1, 4, 3), (1, 4, 3)]),
    "depth to space": Case(_depth_to_space, [(1, 3, 5, 12)]),
    "space to depth": Case(_space_to_depth, [(1, 4, 6, 5)]),
    "look-up by constants": Case(
        lambda g, i: gather(g, i[0], g.add_constant([[4, 0], [5, 5]], np.int32), 1), [(1, 6, 3)]
    ),
    "look-up by results": Case(look_up, [(1, 6, 5), (1, 3, 4)]),
    "two outputs": Case(_two_outputs, [(1, 4, 5, 3)]),
}
