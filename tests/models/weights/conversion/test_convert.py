"""The conversion of every official model, and its single steps, change no result."""

from __future__ import annotations

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from attention_mesh.geometry.landmark_refinement import LandmarkRefinement
from attention_mesh.models.topology.refinement import refinement_plan
from attention_mesh.models.weights import MODELS, ModelStore
from attention_mesh.models.weights.conversion.batch import free_batch, set_batch
from attention_mesh.models.weights.conversion.constants import densify, fold_float16
from attention_mesh.models.weights.conversion.convert import convert
from attention_mesh.models.weights.conversion.fuse import fuse_pixel_scaling, merge_landmarks
from attention_mesh.models.weights.conversion.operator_writer import OperatorWriter
from attention_mesh.models.weights.conversion.optimize import split_widening, widen_slopes
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph

# Models that the stock runtime also runs as released.
PLAIN = [name for name in MODELS if name != "face_landmark_with_attention"]


def images(name: str, weights: dict, count: int = 3) -> np.ndarray:
    graph = TfliteGraph.from_bytes(weights[name].read_bytes())
    shape = graph.shape(graph.inputs[0])
    return np.random.default_rng(0).random((count, *shape[1:]), np.float32)


@pytest.mark.parametrize("name", PLAIN)
def test_the_rewritten_model_gives_what_the_released_one_gives(
    name, official_weights, converted_weights, run_tflite
):
    released, rewritten = official_weights[name].read_bytes(), converted_weights[name].read_bytes()
    faces = images(name, official_weights)
    together = run_tflite(rewritten, faces)
    for index in range(len(faces)):
        for ours, theirs in zip(together, run_tflite(released, faces[index : index + 1]), strict=True):
            # The same arithmetic, so only the order of sums may differ: relative 1e-5 of values up to 200.
            np.testing.assert_allclose(ours[index : index + 1], theirs, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("name", ["face_landmark_with_attention", "face_landmark"])
def test_a_fused_model_gives_merged_landmarks_and_flag_from_uint8(name, converted_weights, run_tflite):
    fused = ModelStore().path(name, fused=True).read_bytes()
    pixels = np.random.default_rng(0).integers(0, 256, (2, 192, 192, 3), np.uint8)
    floats = pixels * np.float32(1 / 255)
    *sets, flag = run_tflite(converted_weights[name].read_bytes(), floats)
    columns = (3, 2, 2, 2, 2, 2)[: len(sets)]
    rows = [part.reshape(2, -1) for part in sets]
    expected = LandmarkRefinement(refinement_plan()[: len(sets)]).merge_rows(rows, columns)
    landmarks, fused_flag = run_tflite(fused, pixels)
    # Pixels of the 192 px input. The division by 255 has another place, so roundings differ.
    np.testing.assert_allclose(landmarks.reshape(expected.shape), expected, atol=1e-3)
    np.testing.assert_allclose(fused_flag, flag, atol=1e-3)


def test_outputs_that_are_not_the_attention_networks_cannot_be_merged():
    graph = TfliteGraph.empty()
    writer = OperatorWriter(graph)
    x = graph.add_input((1, 6))
    graph.set_outputs([writer.add(x, float(place)) for place in range(7)])
    with pytest.raises(ValueError, match="outputs of .* numbers"):
        merge_landmarks(graph)


def test_a_network_that_does_not_begin_with_one_convolution_cannot_fuse_pixel_scaling():
    graph = TfliteGraph.empty()
    writer = OperatorWriter(graph)
    graph.set_outputs([writer.add(graph.add_input((1, 2)), 1.0)])
    with pytest.raises(ValueError, match="one input, read by one convolution"):
        fuse_pixel_scaling(graph)


@pytest.mark.parametrize("name", MODELS)
def test_only_plain_built_in_operators_are_left(name, converted_weights):
    graph = TfliteGraph.from_bytes(converted_weights[name].read_bytes())
    kinds = {graph.kind(layer) for layer in graph.operators}
    assert not kinds & {"DEQUANTIZE", "DENSIFY"}
    assert not {kind for kind in kinds if not kind.isupper()}, "custom operators have mixed-case names"
    assert all(tensor.sparsity is None for tensor in graph.graph.tensors)


@pytest.mark.parametrize("name", MODELS)
def test_conversion_is_reproducible(name, official_weights, converted_weights):
    again = convert(official_weights[name].read_bytes(), MODELS[name].conversion)
    assert again == converted_weights[name].read_bytes()


@pytest.mark.parametrize("name", MODELS)
def test_a_fixed_batch_gives_what_resizing_gives(name, official_weights, converted_weights, run_tflite):
    faces = images(name, official_weights, 2)
    fixed = convert(official_weights[name].read_bytes(), MODELS[name].conversion, batch=2)
    graph = TfliteGraph.from_bytes(fixed)
    assert graph.shape(graph.inputs[0]) == faces.shape
    resized = run_tflite(converted_weights[name].read_bytes(), faces)
    for ours, theirs in zip(run_tflite(fixed, faces), resized, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_constants_lie_at_multiples_of_sixteen(converted_weights):
    model = schema.Model.GetRootAs(converted_weights["face_landmark"].read_bytes(), 0)
    buffers = [model.Buffers(index) for index in range(model.BuffersLength())]
    # Field 0 of a buffer's table (offset 4) is its data.
    places = [buffer._tab.Vector(buffer._tab.Offset(4)) for buffer in buffers if buffer.DataLength()]
    assert len(places) > 50
    assert {place % 16 for place in places} == {0}


def test_a_file_that_is_no_model_is_refused():
    with pytest.raises(ValueError, match="not a .tflite file"):
        convert(b"GIF89a, and more", ())


def test_folding_counts_and_empties_the_float16_constants(official_weights):
    graph = TfliteGraph.from_bytes(official_weights["face_landmark"].read_bytes())
    assert fold_float16(graph) == 113
    graph.remove_unused()
    assert {graph.kind(layer) for layer in graph.operators}.isdisjoint({"DEQUANTIZE"})
    assert fold_float16(graph) == 0


def test_densified_constants_are_those_of_the_runtime(official_weights, run_tflite):
    # The result of the stock runtime's own DENSIFY, made an output of the model.
    graph = TfliteGraph.from_bytes(official_weights["face_detection_full_range"].read_bytes())
    layers = [layer for layer in graph.operators if graph.kind(layer) == "DENSIFY"]
    sparse = TfliteGraph.from_bytes(official_weights["face_detection_full_range"].read_bytes())
    widened = {int(layer.inputs[0]): int(layer.outputs[0]) for layer in sparse.operators}
    sparse.set_outputs([widened[int(layer.outputs[0])] for layer in layers])
    image = images("face_detection_full_range", official_weights, 1)
    expected = run_tflite(sparse.to_bytes(), image, xnnpack=False)

    names = [graph.name(int(layer.outputs[0])) for layer in layers]
    assert densify(graph) == len(layers) == 46
    dense = {
        graph.name(number): number for number in range(len(graph.graph.tensors)) if graph.is_constant(number)
    }
    for name, values in zip(names, expected, strict=True):
        ours = graph.value(dense[name]).astype(np.float32)
        assert 0.05 < np.mean(ours != 0) < 0.95
        np.testing.assert_array_equal(ours, values)


def layered(build, shape=(1, 6, 8, 3)) -> TfliteGraph:
    graph = TfliteGraph.empty()
    graph.set_outputs([build(OperatorWriter(graph), graph.add_input(shape))])
    return graph


def test_wide_slopes_are_the_same_slopes(run_tflite):
    graph = layered(lambda writer, x: writer.prelu(x, np.array([[[0.1, 0.5, -2.0]]])))
    before = graph.to_bytes()
    widen_slopes(graph)
    assert graph.shape(int(graph.operators[0].inputs[1])) == (1, 8, 3)
    x = np.random.default_rng(0).normal(size=(2, 6, 8, 3))
    np.testing.assert_array_equal(run_tflite(graph.to_bytes(), x)[0], run_tflite(before, x)[0])


def widening_block(writer: OperatorWriter, x: int) -> int:
    filters = np.random.default_rng(4).normal(size=(5, 1, 1, 3))
    return writer.add(writer.pad_end(x, 3, 2), writer.conv(x, filters, np.arange(5.0), 1, 1))


def test_a_split_widening_adds_the_same(run_tflite):
    graph = layered(widening_block)
    before = graph.to_bytes()
    assert split_widening(graph) == 1
    graph.remove_unused()
    assert "PAD" not in {graph.kind(layer) for layer in graph.operators}
    x = np.random.default_rng(0).normal(size=(2, 6, 8, 3))
    ours, theirs = run_tflite(graph.to_bytes(), x)[0], run_tflite(before, x)[0]
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_padding_before_the_channels_is_left_alone():
    def block(writer: OperatorWriter, x: int) -> int:
        padded = writer.pad_end(x, 1, 2)
        return writer.add(padded, writer.conv(padded, np.zeros((3, 1, 1, 3)), np.zeros(3), 1, 1))

    assert split_widening(layered(block)) == 0


def test_a_reshape_that_mixes_faces_is_refused():
    graph = layered(lambda writer, x: writer.reshape(x, (48, 3)))
    entry = graph.graph.tensors[int(graph.operators[0].outputs[0])]
    entry.shape = np.asarray((48, 3), np.int32)
    with pytest.raises(ValueError, match="no batch leads"):
        free_batch(graph)


def test_a_batch_below_one_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        set_batch(layered(lambda writer, x: writer.relu(x)), 0)
