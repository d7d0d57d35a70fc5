"""PReLU slopes repeated along a row, so that a CPU kernel runs over whole rows instead of single cells."""

from __future__ import annotations

import numpy as np

from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph

# XNNPACK calls its kernel once for every run that the slopes cover. Up to this many channels the calls cost
# more than the arithmetic (96 × 96 × 16: 29 µs with 16 slopes, 12 µs with 96 × 16; no gain from 128 on).
MOST_CHANNELS = 64


def widen_slopes(graph: TfliteGraph) -> None:
    """Slopes (1, 1, C) become (1, W, C), the same C numbers W times; the results do not change."""
    for operator in graph.operators:
        if graph.kind(operator) != "PRELU":
            continue
        _, _, width, channels = graph.shape(int(operator.outputs[0]))
        slopes = graph.value(int(operator.inputs[1]))
        if slopes.shape == (1, 1, channels) and channels <= MOST_CHANNELS and width > 1:
            wide = graph.add_constant(np.tile(slopes, (1, width, 1)))
            operator.inputs = np.asarray([operator.inputs[0], wide], np.int32)
