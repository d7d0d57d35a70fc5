"""Attention operators: replaces the attention model's custom operators and its branches by built-in ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from flatbuffers import flexbuffers

from attention_mesh.models.weights.conversion.custom_operators import (
    RegionOptions,
    write_transform_landmarks,
    write_transform_matrices,
    write_transform_tensor_bilinear,
)
from attention_mesh.models.weights.conversion.operator_writer import OperatorWriter
from attention_mesh.models.weights.conversion.stack_branches import BranchStacker
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph


@dataclass(frozen=True)
class _Head:
    """One `TransformLandmarks`: from a convolution's result to landmarks in the frame of the input."""

    convolution: schema.OperatorT
    output: int  # (1, P, 2), the output of the custom operator
    region: int  # the number of the transform that moves it
    factors: np.ndarray  # (4, 4), multiply the transform first


def replace_attention_operators(graph: TfliteGraph) -> None:
    """Rewrites the graph in place: one crop of all regions, one stack of all heads, no custom operator.

    Raises:
      ValueError: the graph has another structure than the released attention model.
    """
    producers = graph.producers()
    makers = [layer for layer in graph.operators if graph.kind(layer) == "Landmarks2TransformMatrix"]
    samplers = [layer for layer in graph.operators if graph.kind(layer) == "TransformTensorBilinear"]
    matrices = [int(maker.outputs[0]) for maker in makers]
    if not makers or [int(sampler.inputs[1]) for sampler in samplers] != matrices:
        raise ValueError(f"{len(makers)} transforms for {len(samplers)} crops: not the attention model")
    regions = [RegionOptions.from_options(flexbuffers.Loads(bytes(maker.customOptions))) for maker in makers]
    sources = {_landmark_source(graph, producers, int(maker.inputs[0])) for maker in makers}
    features = {int(sampler.inputs[0]) for sampler in samplers}
    if len(sources) != 1 or len(features) != 1:
        raise ValueError("the regions are expected to share landmarks and features")
    heads = [
        _head(graph, producers, layer, matrices)
        for layer in graph.operators
        if graph.kind(layer) == "TransformLandmarks"
    ]
    # Heads that share a region come after the head that first uses it, as the stack needs it.
    first_use = {head.region: head.output for head in reversed(heads)}
    heads.sort(key=lambda head: first_use[head.region] != head.output)

    writer = OperatorWriter(graph)
    landmarks, scale = sources.pop()
    flat = writer.reshape(landmarks, (int(np.prod(graph.shape(landmarks))),))
    stacked_matrices = write_transform_matrices(writer, flat, regions, scale)
    crop = write_transform_tensor_bilinear(
        writer, features.pop(), stacked_matrices, regions[0].height, regions[0].width
    )
    stacker = BranchStacker(writer, {tuple(int(sampler.outputs[0]) for sampler in samplers): crop})
    _write_heads(writer, stacker, heads, stacked_matrices, len(regions))
    graph.sort()


def _landmark_source(graph: TfliteGraph, producers: dict, tensor: int) -> tuple[int, float]:
    """The tensor before reshapes and multiplications by a number, and the product of those numbers."""
    scale = 1.0
    while tensor in producers:
        layer = producers[tensor]
        if graph.kind(layer) == "MUL" and graph.is_constant(int(layer.inputs[1])):
            scale *= float(graph.value(int(layer.inputs[1])).item())
        elif graph.kind(layer) != "RESHAPE":
            break
        tensor = int(layer.inputs[0])
    return tensor, scale


def _head(graph: TfliteGraph, producers: dict, layer: schema.OperatorT, matrices: list[int]) -> _Head:
    reshape, product = producers[int(layer.inputs[0])], producers[int(layer.inputs[1])]
    convolution = producers[int(reshape.inputs[0])]
    if [graph.kind(part) for part in (reshape, product, convolution)] != ["RESHAPE", "MUL", "CONV_2D"]:
        raise ValueError(
            "before TransformLandmarks, a reshaped convolution and a scaled transform are expected"
        )
    factors = graph.value(int(product.inputs[1])).reshape(4, 4)
    region = matrices.index(int(product.inputs[0]))
    return _Head(convolution, int(layer.outputs[0]), region, factors)


def _write_heads(
    writer: OperatorWriter, stacker: BranchStacker, heads: list[_Head], matrices: int, regions: int
) -> None:
    """Writes the heads' last convolutions as one, moves its points by the transforms, splits the results."""
    graph = writer.graph
    factors = np.stack([head.factors[:2][:, [0, 1, 3]] for head in heads])
    # S·T·S⁻¹ with S = diag(k, k, 1, 1) keeps rotation and scale and multiplies the shift by k. The points'
    # third coordinate, which comes from the convolution's bias, does the same.
    shift = float(factors[0, 0, 2])
    if not np.allclose(factors, [1.0, 1.0, shift]):
        raise ValueError(f"TransformLandmarks scales its transform in an unknown way: {factors.tolist()}")

    filters, biases = [], []
    for head in heads:
        kernel, bias = (graph.value(int(tensor)) for tensor in head.convolution.inputs[1:])
        count = len(bias) // 2
        homogeneous = np.zeros((count, 3, *kernel.shape[1:]), np.float32)
        homogeneous[:, :2] = kernel.reshape(count, 2, *kernel.shape[1:])
        filters.append(homogeneous.reshape(3 * count, *kernel.shape[1:]))
        biases.append(np.column_stack([bias.reshape(count, 2), np.full(count, shift)]).reshape(-1))
    longest = max(len(bias) for bias in biases)
    filters = [np.pad(kernel, ((0, longest - len(kernel)), *[(0, 0)] * 3)) for kernel in filters]
    biases = [np.pad(bias, (0, longest - len(bias))) for bias in biases]
    options = heads[0].convolution.builtinOptions
    stacked = stacker.stack([int(head.convolution.inputs[0]) for head in heads])
    points = writer.conv(
        stacked, np.concatenate(filters), np.concatenate(biases), options.strideH, options.padding
    )
    points = writer.reshape(points, (len(heads), longest // 3, 3))

    order = [head.region for head in heads]
    if order[:regions] != list(range(regions)):
        raise ValueError(f"heads are expected to use every region once before any again, got {order}")
    repeated = [writer.slice(matrices, 1, region, region + 1) for region in order[regions:]]
    moved = write_transform_landmarks(writer, points, writer.join([matrices, *repeated], 1))
    places = 2 * (longest // 3)
    moved = writer.reshape(moved, (1, 1, len(heads) * places))
    for index, head in enumerate(heads):
        count = 2 * graph.shape(head.output)[1]
        part = writer.slice(moved, 3, index * places, index * places + count)
        graph.redirect(head.output, writer.reshape(part, graph.shape(head.output)[1:]))
