"""Value ranges hold for every input, and what they make needless is removed without a change of results."""

from __future__ import annotations

import math

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from attention_mesh.models.runtime.litert_runner import LitertRunner
from attention_mesh.models.weights.conversion.operator_writer import OperatorWriter
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph
from attention_mesh.models.weights.conversion.value_ranges import drop_needless, value_ranges


def select(graph: TfliteGraph, x: int, bound: float, then: int, other: int) -> int:
    """`then` where x < bound, else `other`."""
    shape = graph.shape(x)
    options = schema.LessOptionsT()
    is_less = graph.add_operator("LESS", [x, graph.add_constant(bound)], shape, options)
    graph.graph.tensors[is_less].type = schema.TensorType.BOOL
    return graph.add_operator("SELECT_V2", [is_less, then, other], shape, schema.SelectV2OptionsT())


def running_sum(graph: TfliteGraph, x: int, axis: int) -> int:
    inputs = [x, graph.add_constant(axis, np.int32)]
    return graph.add_operator("CUMSUM", inputs, graph.shape(x), schema.CumsumOptionsT())


def test_each_rule_holds_and_is_tight_for_many_inputs() -> None:
    graph = TfliteGraph.empty()
    writer = OperatorWriter(graph)
    x = graph.add_input((1, 4))
    between = writer.minimum(writer.maximum(x, -2.5), 3.0)
    tensors = {
        between: (-2.5, 3.0),
        writer.relu(x): (0, math.inf),
        writer.floor(between): (-3, 3),
        writer.add(between, np.array([1.0, 2.0, 3.0, 4.0])): (-1.5, 7),
        writer.subtract(between, 1.0): (-3.5, 2),
        writer.multiply(between, -2.0): (-6, 5),
        writer.multiply(writer.relu(x), 0.0): (0, 0),
        writer.join([between, writer.relu(x)], 1): (-2.5, math.inf),
        running_sum(graph, between, 0): (-2.5, 3),
        select(graph, between, 5.0, between, writer.relu(x)): (-2.5, math.inf),
    }
    graph.set_outputs(list(tensors))
    ranges = value_ranges(graph)
    assert {tensor: ranges[tensor] for tensor in tensors} == tensors
    numbers = np.random.default_rng(0).uniform(-9, 9, (1, 4)).astype(np.float32)
    for found, (low, high) in zip(
        LitertRunner(graph.to_bytes(), 1).run([numbers]), tensors.values(), strict=True
    ):
        assert low <= found.min() and found.max() <= high


@pytest.mark.parametrize("case", ["a sum along the row", "a fused activation", "an operator without a rule"])
def test_nothing_is_claimed_where_no_rule_holds(case: str) -> None:
    graph = TfliteGraph.empty()
    writer = OperatorWriter(graph)
    between = writer.minimum(writer.relu(graph.add_input((1, 4))), 1.0)
    if case == "a sum along the row":
        result = running_sum(graph, between, 1)
    elif case == "a fused activation":
        result = writer.subtract(between, 1.0)
        graph.operators[-1].builtinOptions.fusedActivationFunction = schema.ActivationFunctionType.RELU
    else:
        result = writer.square(between)
    graph.set_outputs([result])
    assert result not in value_ranges(graph)


def cast(graph: TfliteGraph, x: int, kind: int) -> int:
    options = schema.CastOptionsT()
    result = graph.add_operator("CAST", [x], graph.shape(x), options)
    graph.graph.tensors[result].type = kind
    return result


def test_casts_cut_numbers_that_become_whole_and_ask_others_whether_they_are_zero() -> None:
    graph = TfliteGraph.empty()
    writer = OperatorWriter(graph)
    between = writer.minimum(writer.maximum(graph.add_input((1, 4)), 0.25), 2.5)
    whole, truth = cast(graph, between, schema.TensorType.INT32), cast(graph, between, schema.TensorType.BOOL)
    half = cast(graph, between, schema.TensorType.FLOAT16)
    graph.set_outputs([whole, truth, half])
    ranges = value_ranges(graph)
    assert (ranges[whole], ranges[truth]) == ((0, 2), (1, 1))
    assert half not in ranges


@pytest.mark.parametrize(
    ("bound", "added", "number", "never_less"),
    [(1.0, 2.0**-30, 1.0, True), (np.nan, 0.5, 0.25, False), (2.0**-30, 1.0, 2.0**-30, False)],
    ids=["its sum is rounded up to the limit", "it has no bound", "its sum is rounded down to the limit"],
)
def test_choices_stay_right_where_numbers_are_rounded_or_no_numbers(
    bound: float, added: float, number: float, never_less: bool
) -> None:
    graph = TfliteGraph.empty()
    writer = OperatorWriter(graph)
    x = writer.relu(graph.add_input((1, 2)))
    least = writer.minimum(x, np.array([bound, 1.0]) if np.isnan(bound) else bound)
    total = writer.add(least, added)
    limit = 1.0 + (2.0**-30 if never_less else 0.0)
    graph.set_outputs([writer.square(select(graph, total, limit, writer.add(x, 5.0), writer.add(x, 7.0)))])
    numbers = np.full((1, 2), number, np.float32)
    (expected,) = LitertRunner(graph.to_bytes(), 1).run([numbers])
    drop_needless(graph)
    (found,) = LitertRunner(graph.to_bytes(), 1).run([numbers])
    np.testing.assert_array_equal(found, expected)


def test_nothing_is_claimed_of_whole_numbers_that_may_overflow() -> None:
    graph = TfliteGraph.empty()
    x = cast(graph, OperatorWriter(graph).relu(graph.add_input((1, 4))), schema.TensorType.INT32)
    options = schema.AddOptionsT()
    one = graph.add_constant(1, np.int32)
    total = graph.add_operator("ADD", [x, one], (1, 4), options, dtype=np.int32)
    graph.set_outputs([total])
    assert total not in value_ranges(graph)


def test_zeros_that_are_added_and_sides_that_are_never_taken_are_removed() -> None:
    graph = TfliteGraph.empty()
    writer = OperatorWriter(graph)
    x = graph.add_input((1, 4))
    positive = writer.relu(x)
    nothing = writer.multiply(positive, 0.0)
    taken = select(graph, positive, 0.0, writer.add(positive, 7.0), writer.add(nothing, positive))
    left = select(graph, x, 0.0, writer.add(x, 7.0), x)  # both sides are taken
    graph.set_outputs([writer.square(taken), writer.square(left), writer.add(positive, nothing)])
    numbers = np.array([[-2, -0.5, 0, 3]], np.float32)
    expected = LitertRunner(graph.to_bytes(), 1).run([numbers])
    drop_needless(graph)
    kinds = [graph.kind(operator) for operator in graph.operators]
    # What is an output itself keeps its operator, because it keeps its name.
    assert sorted(kinds) == ["ADD", "ADD", "LESS", "MUL", "RELU", "SELECT_V2", "SQUARE", "SQUARE"]
    for found, same in zip(LitertRunner(graph.to_bytes(), 1).run([numbers]), expected, strict=True):
        np.testing.assert_array_equal(found, same)
