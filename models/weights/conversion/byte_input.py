"""Lets a network take an image's bytes, so that a quarter of the memory moves on its way in."""

from __future__ import annotations

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from attention_mesh.models.weights.conversion.operator_writer import OperatorWriter
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph


def take_bytes(graph: TfliteGraph) -> None:
    """Replaces the input, float32 in [0, 1], by uint8 in 0…255.

    The division by 255 goes into the weights of the convolution that reads the input. Raises ValueError where
    the network has more than one input, or anything but one convolution reads it.
    """
    floats, convolution = _read_by_one_convolution(graph)
    weights = graph.value(int(convolution.inputs[1])) / np.float32(255)
    graph.begin()
    numbers = _numbers_of_bytes(graph, floats)
    graph.insert(0)
    convolution.inputs = np.asarray([numbers, graph.add_constant(weights), *convolution.inputs[2:]], np.int32)
    graph.remove_unused()


def take_bytes_around_zero(graph: TfliteGraph) -> None:
    """Replaces the input, float32 in [−1, 1], by uint8 in 0…255. Raises ValueError as `take_bytes` does.

    The convolution keeps its weights: what it pads with is 0, the middle of the range, which is no byte.
    """
    floats, convolution = _read_by_one_convolution(graph)
    writer = OperatorWriter(graph)
    graph.begin()
    numbers = _numbers_of_bytes(graph, floats)
    scaled = writer.subtract(writer.multiply(numbers, 2 / 255), 1.0)
    graph.insert(0)
    convolution.inputs = np.asarray([scaled, *convolution.inputs[1:]], np.int32)
    graph.remove_unused()


def _read_by_one_convolution(graph: TfliteGraph) -> tuple[int, schema.OperatorT]:
    """The one input, and its one reader."""
    readers = [reader for tensor in graph.inputs for reader in graph.consumers().get(tensor, [])]
    if len(graph.inputs) != 1 or [graph.kind(reader) for reader in readers] != ["CONV_2D"]:
        raise ValueError("a network with one input, read by one convolution, is expected")
    return graph.inputs[0], readers[0]


def _numbers_of_bytes(graph: TfliteGraph, floats: int) -> int:
    """Makes bytes the graph's input, of the same shape; they as float32."""
    pixels = graph.add_tensor(graph.shape(floats), np.uint8, name=graph.name(floats))
    graph.graph.tensors[pixels].shapeSignature = graph.graph.tensors[floats].shapeSignature
    options = schema.CastOptionsT()
    options.inDataType, options.outDataType = schema.TensorType.UINT8, schema.TensorType.FLOAT32
    numbers = graph.add_operator("CAST", [pixels], graph.shape(floats), options)
    graph.graph.inputs = np.asarray([pixels], np.int32)
    return numbers
