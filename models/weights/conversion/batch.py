"""Batch: makes a network's leading axis a batch of any size, or of a fixed one."""

from __future__ import annotations

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph


def free_batch(graph: TfliteGraph) -> None:
    """Makes the leading axis of every tensor follow the input's.

    A RESHAPE with a leading 1 gets −1 there, and all sizes after it are stated. The shape signatures of
    inputs and outputs get −1 too, because `resize_tensor_input` and converters read them.

    Raises:
      ValueError: a RESHAPE would mix faces, because its leading size is not the batch.
    """
    for operator in graph.operators:
        if graph.kind(operator) != "RESHAPE":
            continue
        source, output = int(operator.inputs[0]), int(operator.outputs[0])
        shape = graph.shape(output)
        if not shape or shape[0] != 1 or graph.shape(source)[0] != 1:
            raise ValueError(
                f"RESHAPE {graph.shape(source)} → {shape} ({graph.name(output)}): no batch leads"
            )
        target = np.asarray((-1, *shape[1:]), np.int32)
        options = schema.ReshapeOptionsT()
        options.newShape = target
        operator.builtinOptions = options
        operator.builtinOptionsType = schema.BuiltinOptions.ReshapeOptions
        operator.inputs = np.asarray([source, graph.add_constant(target, np.int32)], np.int32)
    for tensor in (*graph.inputs, *graph.outputs):
        graph.graph.tensors[tensor].shapeSignature = np.asarray((-1, *graph.shape(tensor)[1:]), np.int32)


def set_batch(graph: TfliteGraph, batch: int) -> None:
    """Writes `batch` as the leading size of every activation, for runtimes that cannot resize."""
    if batch < 1:
        raise ValueError(f"a batch holds at least one face, got {batch}")
    activations = set(graph.inputs) | set(graph.producers())
    for number in activations:
        tensor = graph.graph.tensors[number]
        if tensor.shape is None or len(tensor.shape) == 0 or tensor.shape[0] != 1:
            raise ValueError(f"tensor {graph.name(number)} {graph.shape(number)} has no batch axis of one")
        tensor.shape = np.asarray((batch, *graph.shape(number)[1:]), np.int32)
