"""Stored constants: sparse and half-precision ones become dense float32, without operators at run time."""

from __future__ import annotations

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph

_WORTH_HALVING = 256  # numbers; below, the operator takes more space than it saves


def densify(graph: TfliteGraph) -> int:
    """Replaces every DENSIFY of a sparse constant by the dense constant; returns the number replaced."""
    replaced = 0
    for operator in list(graph.operators):
        if graph.kind(operator) != "DENSIFY":
            continue
        source, output = int(operator.inputs[0]), int(operator.outputs[0])
        tensor = graph.graph.tensors[source]
        stored = np.asarray(graph.model.buffers[tensor.buffer].data, np.uint8)
        dtype = np.float16 if tensor.type == schema.TensorType.FLOAT16 else np.float32
        dense = expand(stored.view(dtype), tensor.sparsity, graph.shape(source))
        graph.redirect(output, graph.add_constant(dense, dtype, graph.name(output)))
        graph.operators.remove(operator)
        replaced += 1
    return replaced


def expand(values: np.ndarray, sparsity: schema.SparsityParametersT, shape: tuple[int, ...]) -> np.ndarray:
    """The dense array of `shape` from the non-zero `values` and TFLite's sparsity record.

    TFLite stores a sparse tensor as a tree. Level by level, in `traversalOrder`, it walks the tensor's
    axes (numbers below the rank, those with blocks counted in blocks) and then the axes inside a block
    (numbers from the rank on, mapped to tensor axes by `blockMap`). A dense level lists all its
    positions; a compressed level lists the children of node n at `arrayIndices[segments[n]:segments[n+1]]`.
    The values lie in the order of the leaves.
    """
    rank = len(shape)
    order = [int(axis) for axis in sparsity.traversalOrder]
    blocks = [] if sparsity.blockMap is None else [int(axis) for axis in sparsity.blockMap]
    sizes = dict(zip(order, sparsity.dimMetadata, strict=True))
    block_size = {axis: int(sizes[rank + index].denseSize) for index, axis in enumerate(blocks)}

    # One row per node, one column per axis of `order`: the path from the root.
    paths = np.zeros((1, 0), np.int64)
    for axis in order:
        metadata = sizes[axis]
        if metadata.format == schema.DimensionType.DENSE:
            size = int(metadata.denseSize)
            children = np.tile(np.arange(size), len(paths))
            counts = np.full(len(paths), size)
        else:
            segments = np.asarray(metadata.arraySegments.values, np.int64)
            children = np.asarray(metadata.arrayIndices.values, np.int64)
            counts = np.diff(segments)
        paths = np.column_stack([np.repeat(paths, counts, axis=0), children])
    if len(paths) != len(values):
        raise ValueError(f"sparse constant of shape {shape}: {len(paths)} leaves but {len(values)} values")

    position = np.zeros((len(paths), rank), np.int64)
    for column, axis in enumerate(order):
        if axis < rank:
            position[:, axis] += paths[:, column] * block_size.get(axis, 1)
        else:
            position[:, blocks[axis - rank]] += paths[:, column]
    dense = np.zeros(shape, values.dtype)
    dense[tuple(position.T)] = values
    return dense


def fold_float16(graph: TfliteGraph) -> int:
    """Replaces every DEQUANTIZE of a float16 constant by the float32 constant; returns the number replaced.

    The step from float16 to float32 is exact, so the network's values do not change.
    """
    folded: dict[int, int] = {}
    kept = []
    for operator in graph.operators:
        if graph.kind(operator) == "DEQUANTIZE" and _is_stored_half(graph, int(operator.inputs[0])):
            output, value = int(operator.outputs[0]), graph.value(int(operator.inputs[0]))
            folded[output] = graph.add_constant(value, np.float32, graph.name(output))
        else:
            kept.append(operator)
    graph.graph.operators = kept
    graph.redirect_all(folded)
    return len(folded)


def _is_stored_half(graph: TfliteGraph, tensor: int) -> bool:
    return graph.graph.tensors[tensor].type == schema.TensorType.FLOAT16 and graph.is_constant(tensor)


def halve_constants(graph: TfliteGraph) -> int:
    """Stores constants in half precision where that loses nothing; returns the number of them.

    Each gets a DEQUANTIZE, which a runtime computes once. So a file takes half the space, and its results
    stay the same to the bit: the reverse of `fold_float16`.
    """
    readers = graph.consumers()
    halved: dict[int, int] = {}
    graph.begin()
    for tensor in sorted(readers):
        if not graph.is_constant(tensor) or graph.value(tensor).dtype != np.float32:
            continue
        value = graph.value(tensor)
        with np.errstate(over="ignore"):
            half = value.astype(np.float16)
        if value.size >= _WORTH_HALVING and (half.astype(np.float32) == value).all():
            stored = graph.add_constant(half, np.float16, graph.name(tensor))
            halved[tensor] = graph.add_operator("DEQUANTIZE", [stored], value.shape, version=3)
    graph.insert(0)
    graph.redirect_all(halved)
    return len(halved)
