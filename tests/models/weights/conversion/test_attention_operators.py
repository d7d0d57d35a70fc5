"""The converted attention network gives what the released one gives, run between its custom operators."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from flatbuffers import flexbuffers

from attention_mesh.models.weights.conversion.attention_operators import replace_attention_operators
from attention_mesh.models.weights.conversion.constants import fold_float16
from attention_mesh.models.weights.conversion.custom_operators import (
    RegionOptions,
    transform_landmarks,
    transform_matrix,
    transform_tensor_bilinear,
)
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph

NAME = "face_landmark_with_attention"


@dataclass
class Parts:
    """The released network cut at its custom operators, which the formulas replace."""

    trunk: bytes  # from the image to mesh, presence and features
    heads: bytes  # from three crops to the raw points of five heads
    regions: list[RegionOptions]
    factors: np.ndarray  # (4, 4), S·T·S⁻¹ as an elementwise factor
    head_regions: list[int]
    head_names: list[str]  # the model's outputs that the heads' landmarks become
    output_names: list[str]


def cut(graph_bytes: bytes) -> Parts:
    def by_kind(graph, kind):
        return [layer for layer in graph.operators if graph.kind(layer) == kind]

    graph = TfliteGraph.from_bytes(graph_bytes)
    fold_float16(graph)
    makers = by_kind(graph, "Landmarks2TransformMatrix")
    samplers = by_kind(graph, "TransformTensorBilinear")
    movers = by_kind(graph, "TransformLandmarks")
    producers, readers = graph.producers(), graph.consumers()
    products = [producers[int(mover.inputs[1])] for mover in movers]
    matrices = [int(maker.outputs[0]) for maker in makers]
    parts = Parts(
        trunk=b"",
        heads=b"",
        regions=[
            RegionOptions.from_options(flexbuffers.Loads(bytes(maker.customOptions))) for maker in makers
        ],
        factors=graph.value(int(products[0].inputs[1]))[0],
        head_regions=[matrices.index(int(product.inputs[0])) for product in products],
        head_names=[graph.name(int(readers[int(mover.outputs[0])][0].outputs[0])) for mover in movers],
        output_names=[graph.name(output) for output in graph.outputs],
    )
    crops, raw = (
        [int(layer.outputs[0]) for layer in samplers],
        [int(layer.inputs[0]) for layer in movers],
    )
    graph.set_outputs([graph.outputs[0], graph.outputs[-1], int(samplers[0].inputs[0])])
    graph.remove_unused()
    parts.trunk = graph.to_bytes()

    graph = TfliteGraph.from_bytes(graph_bytes)
    fold_float16(graph)
    # Cutting keeps the tensor numbers, because folding adds the same constants both times.
    graph.graph.operators = [layer for layer in graph.operators if int(layer.outputs[0]) not in crops]
    graph.graph.inputs = np.asarray(crops, np.int32)
    graph.set_outputs(raw)
    graph.remove_unused()
    parts.heads = graph.to_bytes()
    return parts


def run_released(parts: Parts, image: np.ndarray, run) -> dict[str, np.ndarray]:
    """The released network's outputs for one image (1, 192, 192, 3), custom operators by formula."""
    mesh, flag, features = run(parts.trunk, image)
    landmarks = mesh.reshape(1, 468, 3) * 0.25
    matrices = [transform_matrix(landmarks, region) for region in parts.regions]
    crops = [transform_tensor_bilinear(features, matrix, 16, 16) for matrix in matrices]
    raw = run(parts.heads, *crops)
    outputs = {parts.output_names[0]: mesh, parts.output_names[-1]: flag}
    for name, points, region in zip(parts.head_names, raw, parts.head_regions, strict=True):
        moved = transform_landmarks(points, matrices[region] * parts.factors)
        outputs[name] = moved.reshape(1, 1, 1, -1)
    return outputs


@pytest.fixture(scope="module")
def parts(official_weights: dict[str, Path]) -> Parts:
    return cut(official_weights[NAME].read_bytes())


def named_outputs(model: bytes, outputs: list[np.ndarray]) -> dict[str, np.ndarray]:
    graph = TfliteGraph.from_bytes(model)
    return dict(zip([graph.name(output) for output in graph.outputs], outputs, strict=True))


@pytest.mark.parametrize("xnnpack", [True, False], ids=["xnnpack", "plain kernels"])
def test_every_output_of_the_rewritten_network_is_the_released_ones(
    parts, converted_weights, face_crops, run_tflite, xnnpack
):
    model = converted_weights[NAME].read_bytes()
    ours = named_outputs(model, run_tflite(model, face_crops, xnnpack=xnnpack))
    assert list(ours) == parts.output_names
    for face, image in enumerate(face_crops):
        released = run_released(parts, image[None], run_tflite)
        assert set(released) == set(ours)
        assert released["conv_faceflag"].item() > 0, "the crop shows a face"
        for name, values in released.items():
            # Pixels of the 192 input (the flag is a logit); float32 rounding over some 70 layers.
            np.testing.assert_allclose(ours[name][face : face + 1], values, atol=1e-3, err_msg=name)


def test_a_batch_gives_what_its_faces_give_alone(converted_weights, face_crops, run_tflite):
    model = converted_weights[NAME].read_bytes()
    together = run_tflite(model, face_crops)
    for face, image in enumerate(face_crops):
        for batch, alone in zip(together, run_tflite(model, image[None]), strict=True):
            np.testing.assert_allclose(batch[face], alone[0], atol=1e-4)


def test_a_model_without_attention_is_refused(official_weights):
    graph = TfliteGraph.from_bytes(official_weights["iris_landmark"].read_bytes())
    with pytest.raises(ValueError, match="not the attention model"):
        replace_attention_operators(graph)
