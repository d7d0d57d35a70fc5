"""A block that widens its channels adds its skip to the first part of the result only, without padding it."""

from __future__ import annotations

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from attention_mesh.models.weights.conversion.operator_writer import OperatorWriter
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph


def split_widening(graph: TfliteGraph) -> int:
    """ADD(PAD(skip), convolution) becomes CONCATENATION(ADD(skip, its first filters), the other filters).

    Same numbers, since the padding is zeros after the skip's channels; returns how many were rewritten.
    XNNPACK pads every cell with a call of its own, which costs more than the block's convolution.
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
            continue  # in a grouped convolution the first filters are not the first channels of every group
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
