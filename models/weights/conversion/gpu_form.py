"""GPU form: the same network from operators that LiteRT's GPU accelerator takes whole, for a batch of one."""

from __future__ import annotations

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from attention_mesh.models.weights.conversion.constants import fold_float16
from attention_mesh.models.weights.conversion.operator_writer import OperatorWriter
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph
from attention_mesh.models.weights.conversion.value_ranges import drop_needless


def gpu_form(content: bytes) -> bytes:
    """A .tflite file of the same results, without what the accelerator refuses though it could run it.

    The accelerator takes PReLU slopes by the channel only, indices of a gather along one axis only, and no
    operator of the batch's size. The signatures are left out, so that inputs and outputs have the order of
    the file.

    Args:
      content: of a file with float32 activations and one subgraph, whose leading axis is a batch.

    Raises:
      ValueError: the file has another structure.
    """
    graph = TfliteGraph.from_bytes(content)
    fold_float16(graph)
    drop_needless(graph)
    narrow_slopes(graph)
    reshape_expanded(graph)
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


def reshape_expanded(graph: TfliteGraph) -> None:
    """EXPAND_DIMS becomes RESHAPE."""
    writer = OperatorWriter(graph)
    for operator in [each for each in graph.operators if graph.kind(each) == "EXPAND_DIMS"]:
        output = int(operator.outputs[0])
        graph.begin()
        shaped = writer.reshape(int(operator.inputs[0]), graph.shape(output)[1:])
        graph.insert(graph.operators.index(operator))
        graph.redirect(output, shaped)


def flatten_gathers(graph: TfliteGraph) -> None:
    """GATHER by indices of several axes becomes GATHER by one axis of indices and RESHAPE.

    Rows (N, C) of the first axis, which may be those of a whole batch, become (1, N, C) for that.

    Raises:
      ValueError: a GATHER takes something else than places of the second axis of a batch of one, or rows.
    """
    writer = OperatorWriter(graph)
    producers = graph.producers()
    gathers = [operator for operator in graph.operators if graph.kind(operator) == "GATHER"]
    gathers = [gather for gather in gathers if len(graph.shape(int(gather.inputs[1]))) > 1]
    for gather in gathers:
        source, indices = (int(tensor) for tensor in gather.inputs)
        output, shape = int(gather.outputs[0]), graph.shape(source)
        is_of_rows = gather.builtinOptions.axis == 0 and len(shape) == 2 and graph.shape(output)[0] == 1
        if not is_of_rows and (gather.builtinOptions.axis != 1 or shape[0] != 1):
            raise ValueError(f"GATHER of {graph.name(output)}: the second axis of a batch of one is expected")
        graph.begin()
        if is_of_rows:
            # A file of any batch states the number of its rows as one, so the tensor before them tells it.
            reshape = producers.get(source)
            before = int(reshape.inputs[0]) if reshape and graph.kind(reshape) == "RESHAPE" else source
            shape = (1, int(np.prod(graph.shape(before))) // shape[1], shape[1])
            source = writer.reshape(before, shape[1:])
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
