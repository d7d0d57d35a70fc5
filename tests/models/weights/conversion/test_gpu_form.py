"""The GPU form gives the results of the file that it is made of, from operators that a GPU takes."""

from __future__ import annotations

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from attention_mesh.models.runtime.litert_runner import LitertRunner
from attention_mesh.models.weights.conversion.gpu_form import gpu_form
from attention_mesh.models.weights.conversion.operator_writer import OperatorWriter
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph
from attention_mesh.models.weights.model_files import OPEN_MODEL, model_path


def kinds(graph: TfliteGraph) -> list[tuple[str, tuple[int, ...]]]:
    """Each operator with the shape of its second input."""
    return [
        (graph.kind(operator), graph.shape(int(operator.inputs[1])))
        for operator in graph.operators
        if len(operator.inputs) > 1
    ]


@pytest.mark.parametrize("name", ["face_landmark_with_attention", "face_landmark", "open"])
def test_networks_of_our_graphs_give_the_same_landmarks(name: str) -> None:
    file = OPEN_MODEL if name == "open" else model_path(name, fused=True)
    content = gpu_form(file.read_bytes())
    image = np.random.default_rng(0).integers(0, 256, (1, 192, 192, 3), np.uint8)
    pairs = zip(LitertRunner(content, 1).run([image]), LitertRunner(file, 1).run([image]), strict=True)
    for found, expected in pairs:
        np.testing.assert_allclose(found, expected, atol=1e-4)  # px; other kernels round otherwise
    graph = TfliteGraph.from_bytes(content)
    for kind, shape in kinds(graph):
        assert kind != "GATHER" or len(shape) == 1
        assert kind != "PRELU" or int(np.prod(shape)) == shape[-1]
    refused = ("CUMSUM", "DEQUANTIZE", "EXPAND_DIMS", "SELECT_V2", "SHAPE")
    assert not [operator for operator in graph.operators if graph.kind(operator) in refused]


def test_computed_and_constant_indices_of_several_axes_are_flattened() -> None:
    graph = TfliteGraph.empty()
    writer = OperatorWriter(graph)
    rows, places = graph.add_input((1, 6, 2)), graph.add_input((1, 2, 2))
    computed = writer.pick_rows(rows, writer.to_int(places))
    constant = writer.pick(writer.reshape(rows, (12,)), np.array([[11, 0, 3], [2, 2, 5]]))
    graph.set_outputs([computed, constant])
    content = gpu_form(graph.to_bytes())
    numbers = np.arange(12, dtype=np.float32).reshape(1, 6, 2)
    indices = np.array([[[5, 0], [3, 3]]], np.float32)
    by_computed, by_constant = LitertRunner(content, 1).run([numbers, indices])
    np.testing.assert_array_equal(by_computed, numbers[:, indices[0].astype(int)])
    np.testing.assert_array_equal(by_constant, [[[11, 0, 3], [2, 2, 5]]])


def test_rows_of_a_whole_batch_become_those_of_one_item() -> None:
    """An export writes look-ups so; its file of any batch does not state the number of rows."""
    graph = TfliteGraph.empty()
    writer = OperatorWriter(graph)
    rows, places = graph.add_input((1, 3, 2, 2)), graph.add_input((1, 2, 2))
    table = writer.reshape(rows, (2,))
    options = schema.GatherOptionsT()
    picked = graph.add_operator("GATHER", [table, writer.to_int(places)], (1, 2, 2, 2), options)
    graph.set_outputs([picked])
    numbers = np.arange(12, dtype=np.float32).reshape(1, 3, 2, 2)
    indices = np.array([[[5, 0], [3, 3]]], np.float32)
    (found,) = LitertRunner(gpu_form(graph.to_bytes()), 1).run([numbers, indices])
    np.testing.assert_array_equal(found, numbers.reshape(6, 2)[indices.astype(int)])


def test_a_gather_along_another_axis_is_refused() -> None:
    graph = TfliteGraph.empty()
    rows = graph.add_input((1, 6, 2))
    options = schema.GatherOptionsT()
    options.axis = 2
    indices = graph.add_constant([[0, 1]], np.int32)
    graph.set_outputs([graph.add_operator("GATHER", [rows, indices], (1, 6, 1, 2), options)])
    with pytest.raises(ValueError, match="the second axis of a batch of one is expected"):
        gpu_form(graph.to_bytes())


def test_slopes_that_differ_within_a_row_stay() -> None:
    graph = TfliteGraph.empty()
    image = graph.add_input((1, 2, 3, 2))
    slopes = np.arange(6, dtype=np.float32).reshape(1, 3, 2) / 8
    graph.set_outputs([OperatorWriter(graph).prelu(image, slopes)])
    numbers = np.full((1, 2, 3, 2), -8, np.float32)
    (found,) = LitertRunner(gpu_form(graph.to_bytes()), 1).run([numbers])
    np.testing.assert_array_equal(found[0, 1], [[0, -1], [-2, -3], [-4, -5]])
