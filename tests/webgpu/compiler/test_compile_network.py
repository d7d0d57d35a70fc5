"""The compiler names what it refuses, fuses what belongs together, and plans memory that holds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph
from attention_mesh.tests.webgpu.compiler.network_builder import (
    block,
    convolution,
    fully_connected,
    options,
    unary,
)
from attention_mesh.tests.webgpu.compiler.operator_cases import CASES, Case, cumsum, network
from attention_mesh.webgpu.compiler.arena_plan import ALIGNMENT, plan_arena
from attention_mesh.webgpu.compiler.compile_network import compile_network
from attention_mesh.webgpu.compiler.fusion import fuse
from attention_mesh.webgpu.compiler.network import read_network
from attention_mesh.webgpu.compiler.steps import ShaderStep
from attention_mesh.webgpu.errors import UnsupportedNetworkError

MAP = [(1, 7, 9, 8)]


def unknown_operator(graph: TfliteGraph, inputs: list[int]) -> int:
    ran = unary("NEG")(graph, inputs)
    return graph.add_operator("L2_NORMALIZATION", [ran], graph.shape(ran))


def calculated_axis(graph: TfliteGraph, inputs: list[int]) -> int:
    chosen = options("CastOptions", inDataType=0, outDataType=2)
    order = graph.add_operator("CAST", [inputs[1]], (4,), chosen, dtype=np.int32)
    return graph.add_operator("TRANSPOSE", [inputs[0], order], (1, 7, 9, 8), options("TransposeOptions"))


def tanh_convolution(graph: TfliteGraph, inputs: list[int]) -> int:
    return convolution(graph, inputs[0], 8, activation=4)


def calculated_kernel(graph: TfliteGraph, inputs: list[int]) -> int:
    chosen = options("Conv2DOptions", padding=0, strideH=1, strideW=1)
    bias = graph.add_constant(np.zeros(4))
    return graph.add_operator("CONV_2D", [*inputs, bias], (1, 7, 9, 4), chosen)


def wrong_index(graph: TfliteGraph, inputs: list[int]) -> int:
    chosen = options("GatherOptions", axis=1, batchDims=0)
    return graph.add_operator("GATHER", [inputs[0], graph.add_constant([7], np.int32)], (1, 1, 9, 8), chosen)


@pytest.mark.parametrize(
    ("build", "shapes", "text"),
    [
        (
            unknown_operator,
            MAP,
            r"operator 1 \(L2_NORMALIZATION\), which gives tensor 2 \(t2, \(1, 7, 9, 8\)",
        ),
        (calculated_axis, [*MAP, (4,)], r"operator 1 \(TRANSPOSE\).*: axes are calculated"),
        (tanh_convolution, MAP, r"operator 0 \(CONV_2D\).*: the activation is tanh"),
        (calculated_kernel, [*MAP, (4, 3, 3, 8)], r"operator 0 \(CONV_2D\).*the kernel \(4, 3, 3, 8\)"),
        (partial(cumsum, axis=1), [(1, 5)], r"operator 0 \(CUMSUM\).*inclusive sums along axis 1 of"),
        (partial(cumsum, exclusive=True), [(1, 5)], r"operator 0 \(CUMSUM\).*exclusive sums along axis 0"),
        (wrong_index, MAP, r"operator 0 \(GATHER\).*an index is outside of the table's 7 entries"),
    ],
)
def test_what_is_unsupported_is_named_with_its_tensor(
    build: Callable[[TfliteGraph, list[int]], int], shapes: list[tuple[int, ...]], text: str
) -> None:
    with pytest.raises(UnsupportedNetworkError, match=text):
        compile_network(network(Case(build, shapes)))


def test_an_unknown_precision_is_refused() -> None:
    with pytest.raises(ValueError, match="expected one of float32, float16"):
        compile_network(network(CASES["sum"]), "int8")


def test_an_unknown_target_is_refused() -> None:
    with pytest.raises(ValueError, match="expected one of gpu, software"):
        compile_network(network(CASES["sum"]), target="phone")


def test_another_file_is_refused() -> None:
    with pytest.raises(UnsupportedNetworkError, match="not a .tflite file"):
        compile_network(b"\x89PNG\r\n\x1a\n")


def test_a_file_with_unknown_types_is_refused() -> None:
    graph = TfliteGraph.from_bytes(network(CASES["sum"]))
    graph.graph.tensors[0].type = 8  # complex numbers
    with pytest.raises(UnsupportedNetworkError, match=r"tensor 0 \(t0\) is of TFLite's type 8"):
        compile_network(graph.to_bytes())


@pytest.mark.parametrize(
    ("name", "shaders"),
    [
        ("block", ["separable_tile"]),
        ("block with more channels", ["separable_tile"]),
        ("block with concatenated zeros", ["separable_tile"]),
        ("block with a stride", ["separable_tile"]),
        ("block in groups", ["separable_tile"]),
        ("block of a large map", ["separable"]),
        ("two blocks", ["separable_tile", "separable_tile"]),
        ("block of odd channels", ["depthwise", "convolution"]),
        ("padding before a depthwise convolution", ["separable_tile"]),
        ("a convolution added to another", ["convolution", "separable_tile"]),
        ("softmax", ["tensor_operations"]),
        ("slice", ["tensor_operations"]),
        ("convolution split for a CPU", ["separable_tile"]),
        ("weighted rows", ["tensor_operations", "weighted_rows"]),
        ("bilinear samples", ["tensor_operations", "bilinear_samples", "tensor_operations"]),
    ],
)
def test_operators_that_belong_together_are_one_dispatch(name: str, shaders: list[str]) -> None:
    program = compile_network(network(CASES[name]))
    assert sorted(dispatch.shader for dispatch in program.dispatches) == sorted(shaders)


@pytest.mark.parametrize("change", ["none", "another neighbor", "a smaller map", "a border that fades"])
def test_only_what_samples_bilinearly_is_recognized(change: str) -> None:
    sampled = read_network(network(CASES["bilinear samples"]))
    constants = [tensor for tensor in sampled.tensors.values() if tensor.data is not None]
    for tensor in constants:
        if change == "another neighbor" and tensor.shape == (4, 1):
            tensor.data = np.array([[0], [2], [7], [8]], np.float32)
        elif change == "a smaller map" and tensor.shape == (2, 1) and tensor.data.ravel().tolist() == [6, 8]:
            tensor.data = np.array([[5], [8]], np.float32)
        elif change == "a border that fades" and tensor.shape == () and tensor.data.item() < -1:
            tensor.data = np.asarray(-1.0, np.float32)
    fuse(sampled)
    kinds = [operator.kind for operator in sampled.operators]
    expected = "BILINEAR_SAMPLES" if change == "none" else "WEIGHTED_ROWS"
    assert [kind for kind in kinds if kind in ("BILINEAR_SAMPLES", "WEIGHTED_ROWS")] == [expected]


def test_small_operations_share_a_dispatch_around_larger_ones() -> None:
    def build(graph: TfliteGraph, inputs: list[int]) -> list[int]:
        """Two independent chains, written by turns."""
        first, second = inputs
        for _ in range(5):
            first = unary("NEG")(graph, [first])
            second = block(graph, second, 8)
        return [first, second]

    program = compile_network(network(Case(build, [(1, 30), *MAP])))
    assert [d.shader for d in program.dispatches].count("tensor_operations") == 1


def test_constants_are_stored_once() -> None:
    def build(graph: TfliteGraph, inputs: list[int]) -> list[int]:
        # The helper's random weights depend on the shape alone.
        return [fully_connected(graph, number, 40) for number in inputs]

    once = compile_network(network(Case(lambda g, i: build(g, i[:1]), [(1, 50)])))
    twice = compile_network(network(Case(build, [(1, 50), (1, 50)])))
    assert len(twice.weights) < len(once.weights) + 1000 < 2 * len(once.weights)


def test_activations_that_are_needed_together_do_not_overlap() -> None:
    """Random chains with skips: whenever a step runs, what it reads and what is read later lies apart."""
    rng = np.random.default_rng(0)
    for _ in range(50):
        count = int(rng.integers(2, 20))
        steps = [
            ShaderStep(
                "",
                tuple({int(rng.integers(max(0, number - 4), number)) for _ in range(2)}),
                number,
                "",
                {},
                (1, 1),
            )
            for number in range(1, count)
        ]
        counts = {number: int(rng.integers(1, 1000)) for number in range(count)}
        places, total = plan_arena(steps, counts, [0, count - 1])
        assert total <= sum(-(-size // ALIGNMENT) * ALIGNMENT for size in counts.values())
        last = {
            number: position for position, step in enumerate(steps) for number in (step.writes, *step.reads)
        }
        last |= {0: count, count - 1: count}
        for position, step in enumerate(steps):
            alive = [n for n in range(step.writes + 1) if n in places and last[n] >= position]
            spans = sorted((places[n], places[n] + counts[n]) for n in alive)
            assert all(end <= start for (_, end), (start, _) in zip(spans, spans[1:], strict=False))


def test_a_long_chain_needs_the_memory_of_two_maps() -> None:
    def build(graph: TfliteGraph, inputs: list[int]) -> int:
        result = inputs[0]
        for _ in range(12):
            result = block(graph, result, 8)
        return result

    program = compile_network(network(Case(build, [(1, 32, 32, 8)])))
    size = 4 * 32 * 32 * 8
    # The input and the output are the caller's; between them two maps take turns.
    assert program.arena_bytes == 4 * size
