"""Constants that the file stores as float16 become float32, and the operators that widened them go."""

from __future__ import annotations

import numpy as np

from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph


def fold_float16(graph: TfliteGraph) -> int:
    """Replaces every DEQUANTIZE of a float16 constant by the float32 constant; returns how many there were.

    float16 → float32 is exact, so the network's values do not change.
    """
    folded = 0
    for operator in list(graph.operators):
        if graph.kind(operator) != "DEQUANTIZE" or not graph.is_constant(int(operator.inputs[0])):
            continue
        half = graph.value(int(operator.inputs[0]))
        if half.dtype != np.float16:
            continue
        output = int(operator.outputs[0])
        graph.redirect(output, graph.add_constant(half, np.float32, graph.name(output)))
        graph.operators.remove(operator)
        folded += 1
    return folded
