"""GPU form: the same network from operators that LiteRT's GPU accelerator takes whole, for a batch of one."""

from __future__ import annotations

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from attention_mesh.models.weights.conversion.operator_writer import OperatorWriter
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph


def gpu_form(content: bytes) -> bytes:
    """A .tflite file of the same results, without what the accelerator refuses though it could run it.

    The accelerator takes PReLU slopes by the channel only, and indices of a gather along one axis only. The
    signatures are left out, so that inputs and outputs have the order of the file.

    Args:
      content: of a file with float32 activations and one subgraph, whose leading axis is a batch.

    Raises:
      ValueError: the file has another structure.
    """
    graph = TfliteGraph.from_bytes(content)
    narrow_slopes(graph)
    flatten_gathers(graph)
    graph.remove_unused()
    return graph.to_bytes()


def narrow_slopes(graph: TfliteGraph) -> None:
    """PReLU slopes (1, W, C) of equal rows become (1, 1, C), as before `widen_slopes`."""
    for operator in graph.operators:
        if graph.kind(operator) != "PRELU" or not graph.is_constant(int(operator.inputs[1])):
            continue
        slopes = graph.value(int(operator.inputs[1]))
        narrow = slopes.reshape(-1, slopes.shape[-1])[:1]
        if slopes.size > narrow.size and (slopes == narrow).all():
            constant = graph.add_constant(narrow.reshape(1, 1, -1))
            operator.inputs = np.asarray([operator.inputs[0], constant], np.int32)


def flatten_gathers(graph: TfliteGraph) -> None:
    """GATHER by indices of several axes becomes GATHER by one axis of indices and RESHAPE.

    Raises:
      ValueError: a GATHER takes something else than places of the second axis of a batch of one.
    """
    writer = OperatorWriter(graph)
    gathers = [operator for operator in graph.operators if graph.kind(operator) == "GATHER"]
    gathers = [gather for gather in gathers if len(graph.shape(int(gather.inputs[1]))) > 1]
    for gather in gathers:
        source, indices = (int(tensor) for tensor in gather.inputs)
        output, shape = int(gather.outputs[0]), graph.shape(source)
        if gather.builtinOptions.axis != 1 or shape[0] != 1:
            raise ValueError(f"GATHER of {graph.name(output)}: the second axis of a batch of one is expected")
        graph.begin()
        options = schema.GatherOptionsT()
        options.axis = 1
        flat = _flat(graph, indices)
        picked = graph.add_operator("GATHER", [source, flat], (1, *graph.shape(flat), *shape[2:]), options)
        shaped = writer.reshape(picked, graph.shape(output)[1:])
        graph.insert(graph.operators.index(gather))
        graph.redirect(output, shaped)


def _flat(graph: TfliteGraph, indices: int) -> int:
    count = int(np.prod(graph.shape(indices)))
    if graph.is_constant(indices):
        return graph.add_constant(graph.value(indices).reshape(-1), np.int32)
    options = schema.ReshapeOptionsT()
    options.newShape = np.asarray([count], np.int32)
    return graph.add_operator(
        "RESHAPE", [indices, graph.add_constant([count], np.int32)], (count,), options, dtype=np.int32
    )
