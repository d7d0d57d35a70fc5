"""TfliteGraph: reading, editing and writing a .tflite file; and `simplify`."""

from __future__ import annotations

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from attention_mesh.models.weights.conversion.operator_writer import OperatorWriter
from attention_mesh.models.weights.conversion.optimize import simplify
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph


@pytest.fixture
def graph() -> TfliteGraph:
    """A graph of 3·x + 1 for x (1, 4), with a part that no output needs."""
    graph = TfliteGraph.empty()
    writer = OperatorWriter(graph)
    x = graph.add_input((1, 4))
    writer.multiply(x, 5.0)
    graph.set_outputs([writer.add(writer.multiply(x, 3.0), 1.0)])
    return graph


def test_a_written_file_runs_and_reads_back(graph, run_tflite):
    data = graph.to_bytes()
    (result,) = run_tflite(data, np.array([[1.0, 2, 3, 4]]))
    np.testing.assert_array_equal(result, [[4, 7, 10, 13]])
    again = TfliteGraph.from_bytes(data)
    assert [again.kind(layer) for layer in again.operators] == ["MUL", "MUL", "ADD"]
    assert again.value(int(again.operators[1].inputs[1])) == 3
    assert again.to_bytes() == data


def test_unused_operators_tensors_and_codes_go(graph, run_tflite):
    before = len(graph.graph.tensors)
    graph.remove_unused()
    assert [graph.kind(layer) for layer in graph.operators] == ["MUL", "ADD"]
    assert len(graph.graph.tensors) == before - 2
    assert len(graph.model.buffers) == 3, "the empty one, 3 and 1"
    (result,) = run_tflite(graph.to_bytes(), np.ones((2, 4)))
    np.testing.assert_array_equal(result, np.full((2, 4), 4))


def test_sorting_puts_an_operator_after_those_it_reads(graph, run_tflite):
    graph.graph.operators.reverse()
    graph.sort()
    assert [graph.kind(layer) for layer in graph.operators] == ["MUL", "ADD", "MUL"]
    np.testing.assert_array_equal(run_tflite(graph.to_bytes(), np.ones((1, 4)))[0], np.full((1, 4), 4))


def test_a_redirected_output_keeps_its_name(graph):
    old = graph.outputs[0]
    graph.graph.tensors[old].name = b"result"
    graph.redirect(old, graph.add_constant(np.zeros((1, 4))))
    assert graph.outputs[0] != old and graph.name(graph.outputs[0]) == "result"


def test_only_constants_have_a_value(graph):
    with pytest.raises(ValueError, match="is not a constant"):
        graph.value(graph.inputs[0])
    bytes_of_weights = graph.add_tensor((4,), np.uint8, data=np.arange(4, dtype=np.uint8))
    graph.graph.tensors[bytes_of_weights].type = schema.TensorType.INT8
    with pytest.raises(ValueError, match="is of TFLite's type 9; expected float32, float16, int32, uint8"):
        graph.value(bytes_of_weights)


def test_simplify_drops_what_only_hands_on(run_tflite):
    graph = TfliteGraph.empty()
    writer = OperatorWriter(graph)
    x = graph.add_input((1, 4, 3))
    whole = writer.slice(x, 1, 0, 4)
    twice = writer.reshape(writer.reshape(whole, (12,)), (2, 6))
    back = writer.reshape(writer.reshape(x, (12,)), (4, 3))
    graph.set_outputs([twice, writer.relu(back), writer.slice(x, 1, 0, 3)])
    values = np.random.default_rng(0).normal(size=(2, 4, 3))
    before = run_tflite(graph.to_bytes(), values)
    simplify(graph)
    graph.remove_unused()
    assert sorted(graph.kind(layer) for layer in graph.operators) == ["RELU", "RESHAPE", "STRIDED_SLICE"]
    for ours, theirs in zip(run_tflite(graph.to_bytes(), values), before, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_slice_that_turns_an_axis_round_is_kept():
    graph = TfliteGraph.empty()
    writer = OperatorWriter(graph)
    turned = writer.slice(graph.add_input((1, 4)), 1, 0, 4)
    graph.operators[0].inputs[3] = graph.add_constant([1, -1], np.int32)
    graph.set_outputs([turned])
    simplify(graph)
    assert graph.outputs == [turned]
