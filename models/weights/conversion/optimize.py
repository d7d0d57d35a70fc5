"""Optimizations: the same results from fewer or cheaper operators."""

from __future__ import annotations

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from attention_mesh.models.weights.conversion.operator_writer import OperatorWriter
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph

# XNNPACK calls its PReLU kernel once per run of cells that the slopes cover. Up to this number of channels,
# the calls cost more than the arithmetic (96 × 96 × 16: 29 µs with 16 slopes, 12 µs with 96 × 16; no gain
# from 128 on).
_MAX_WIDENED_CHANNELS = 64


def simplify(graph: TfliteGraph) -> None:
    """Removes slices that take everything, and of consecutive reshapes all but the last."""
    producers = graph.producers()
    for operator in list(graph.operators):
        source, output = int(operator.inputs[0]), int(operator.outputs[0])
        kind = graph.kind(operator)
        if kind == "RESHAPE":
            while source in producers and graph.kind(producers[source]) == "RESHAPE":
                source = int(producers[source].inputs[0])
            operator.inputs[0] = source
        takes_all = kind in ("RESHAPE", "STRIDED_SLICE") and graph.shape(source) == graph.shape(output)
        if takes_all and _steps_forward(graph, operator):
            graph.redirect(output, source)


def _steps_forward(graph: TfliteGraph, operator: schema.OperatorT) -> bool:
    # A slice of the input's own shape can still reverse an axis.
    return graph.kind(operator) == "RESHAPE" or bool((graph.value(int(operator.inputs[3])) == 1).all())


def split_widening(graph: TfliteGraph) -> int:
    """ADD(PAD(skip), convolution) becomes CONCATENATION(ADD(skip, its first filters), the other filters).

    The results are the same, because the padding is zeros after the skip's channels. XNNPACK pads every cell
    with a separate call, which costs more than the block's convolution. Returns the number rewritten.
    """
    producers = graph.producers()
    writer = OperatorWriter(graph)
    rewritten = 0
    for addition in list(graph.operators):
        parts = {
            graph.kind(producers[int(tensor)]): producers[int(tensor)]
            for tensor in addition.inputs
            if int(tensor) in producers
        }
        if graph.kind(addition) != "ADD" or set(parts) != {"PAD", "CONV_2D"}:
            continue
        pad, conv = parts["PAD"], parts["CONV_2D"]
        if not _pads_channels(graph, pad) or not _adds_plainly(addition, conv):
            continue
        source, filters, bias = (int(tensor) for tensor in conv.inputs)
        skip = int(pad.inputs[0])
        cut = graph.shape(skip)[3]
        kernel, offsets, options = graph.value(filters), graph.value(bias), conv.builtinOptions
        if graph.shape(source)[3] != kernel.shape[3]:
            continue  # in a grouped convolution, the first filters are not the first channels of every group
        graph.begin()
        low, high = (
            writer.conv(source, kernel[part], offsets[part], options.strideH, options.padding)
            for part in (slice(None, cut), slice(cut, None))
        )
        joined = writer.join([writer.add(low, skip), high], 3)
        graph.insert(graph.operators.index(addition))
        graph.redirect(int(addition.outputs[0]), joined)
        rewritten += 1
    return rewritten


def _pads_channels(graph: TfliteGraph, pad: schema.OperatorT) -> bool:
    amounts = graph.value(int(pad.inputs[1]))
    return amounts.shape == (4, 2) and not np.any(amounts[:3]) and amounts[3, 0] == 0


def _adds_plainly(addition: schema.OperatorT, conv: schema.OperatorT) -> bool:
    none = schema.ActivationFunctionType.NONE
    return (
        addition.builtinOptions.fusedActivationFunction == conv.builtinOptions.fusedActivationFunction == none
    )


def widen_slopes(graph: TfliteGraph) -> None:
    """PReLU slopes (1, 1, C) become (1, W, C), the same C numbers W times.

    A CPU kernel then runs over whole rows instead of single cells. The results do not change.
    """
    for operator in graph.operators:
        if graph.kind(operator) != "PRELU":
            continue
        _, _, width, channels = graph.shape(int(operator.outputs[0]))
        slopes = graph.value(int(operator.inputs[1]))
        if slopes.shape == (1, 1, channels) and channels <= _MAX_WIDENED_CHANNELS and width > 1:
            wide = graph.add_constant(np.tile(slopes, (1, width, 1)))
            operator.inputs = np.asarray([operator.inputs[0], wide], np.int32)
