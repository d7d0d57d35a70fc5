"""Fused models: the scaling of the pixels and the merging of the landmarks become part of the network."""

from __future__ import annotations

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from attention_mesh.geometry.landmark_refinement import LandmarkRefinement
from attention_mesh.models.topology.refinement import OUTPUT_DIMENSIONS, refinement_plan
from attention_mesh.models.weights.conversion.operator_writer import OperatorWriter
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph


def fuse_pixel_scaling(graph: TfliteGraph) -> None:
    """Replaces the input, float32 in [0, 1], by uint8 in 0…255.

    The division by 255 goes into the weights of the convolution that reads the input.

    Raises:
      ValueError: the network has more than one input, or anything but one convolution reads it.
    """
    floats, convolution = _read_by_one_convolution(graph)
    weights = graph.value(int(convolution.inputs[1])) / np.float32(255)
    graph.begin()
    numbers = _uint8_input(graph, floats)
    graph.insert(0)
    convolution.inputs = np.asarray([numbers, graph.add_constant(weights), *convolution.inputs[2:]], np.int32)
    graph.remove_unused()


def prepend_pixel_scaling(graph: TfliteGraph) -> None:
    """Replaces the input, float32 in [−1, 1], by uint8 in 0…255 and two operators that scale it.

    The scaling cannot go into the convolution's weights: the convolution pads with 0, the middle of the
    range, for which there is no uint8 value.

    Raises:
      ValueError: the network has more than one input, or anything but one convolution reads it.
    """
    floats, convolution = _read_by_one_convolution(graph)
    writer = OperatorWriter(graph)
    graph.begin()
    numbers = _uint8_input(graph, floats)
    scaled = writer.subtract(writer.multiply(numbers, 2 / 255), 1.0)
    graph.insert(0)
    convolution.inputs = np.asarray([scaled, *convolution.inputs[1:]], np.int32)
    graph.remove_unused()


def _read_by_one_convolution(graph: TfliteGraph) -> tuple[int, schema.OperatorT]:
    """The network's one input and the convolution that reads it."""
    readers = [reader for tensor in graph.inputs for reader in graph.consumers().get(tensor, [])]
    if len(graph.inputs) != 1 or [graph.kind(reader) for reader in readers] != ["CONV_2D"]:
        raise ValueError("a network with one input, read by one convolution, is expected")
    return graph.inputs[0], readers[0]


def _uint8_input(graph: TfliteGraph, floats: int) -> int:
    """Makes a uint8 tensor of the same shape the input; returns the same values as float32."""
    pixels = graph.add_tensor(graph.shape(floats), np.uint8, name=graph.name(floats))
    graph.graph.tensors[pixels].shapeSignature = graph.graph.tensors[floats].shapeSignature
    options = schema.CastOptionsT()
    options.inDataType, options.outDataType = schema.TensorType.UINT8, schema.TensorType.FLOAT32
    numbers = graph.add_operator("CAST", [pixels], graph.shape(floats), options)
    graph.graph.inputs = np.asarray([pixels], np.int32)
    return numbers


def merge_landmarks(graph: TfliteGraph) -> None:
    """Replaces mesh, lips, eyes and irises, the first six outputs, by one: (1, 1434) float32.

    The new output holds x, y, z of 478 landmarks in pixels of the input. The presence stays the last output.
    Merging takes a microsecond inside the network, and several calls of `LandmarkRefinement` after it. A
    network of two outputs has nothing to merge and stays as it is.

    Raises:
      ValueError: the network has other outputs.
    """
    if len(graph.outputs) == 2:
        return
    refinement = LandmarkRefinement(refinement_plan())
    layout = refinement.layout(OUTPUT_DIMENSIONS)
    *parts, flag = graph.outputs
    sizes = [int(np.prod(graph.shape(part))) for part in parts]
    if sum(sizes) != layout.length:
        raise ValueError(f"outputs of {sizes} numbers; the attention network's six hold {layout.length}")
    writer = OperatorWriter(graph)
    numbers = writer.join([writer.reshape(part, (size,)) for part, size in zip(parts, sizes, strict=True)], 1)
    # The few z that are sums come after the numbers, so that one pick finds all of them.
    sums = writer.fully_connected(writer.pick(numbers, layout.mixed_sources), layout.weights.T)
    sources = layout.sources.reshape(-1, 3).copy()
    sources[layout.mixed, 2] = layout.length + np.arange(layout.weights.shape[1])
    merged = writer.pick(writer.join([numbers, sums], 1), sources.ravel())
    graph.graph.tensors[merged].name = b"landmarks"
    graph.set_outputs([merged, flag])
    graph.remove_unused()
