"""Takes out operators that only hand their input on."""

from __future__ import annotations

from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph


def simplify(graph: TfliteGraph) -> None:
    """Drops slices that take everything, and of consecutive reshapes all but the last."""
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


def _steps_forward(graph: TfliteGraph, operator) -> bool:
    # A slice of the input's own shape can still reverse an axis.
    return graph.kind(operator) == "RESHAPE" or bool((graph.value(int(operator.inputs[3])) == 1).all())
