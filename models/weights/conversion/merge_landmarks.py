"""Lets the attention network itself put its partial outputs into one mesh."""

from __future__ import annotations

import numpy as np

from attention_mesh.geometry.landmark_refinement import LandmarkRefinement
from attention_mesh.models.topology.refinement import refinement_plan
from attention_mesh.models.weights.conversion.operator_writer import OperatorWriter
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph

# Numbers a landmark in each output: only the mesh has a z.
COLUMNS = (3, 2, 2, 2, 2, 2)


def merge_landmarks(graph: TfliteGraph) -> None:
    """Replaces mesh, lips, eyes and irises, the first six outputs, by one: (1, 1434) float32.

    Those are x, y, z of 478 landmarks in pixels of the input; the face flag stays the last output. What
    `LandmarkRefinement` does behind the network costs several calls there and a microsecond here. A network
    of two outputs has nothing to merge and is left as it is. Raises ValueError for other outputs.
    """
    if len(graph.outputs) == 2:
        return
    refinement = LandmarkRefinement(refinement_plan())
    layout = refinement.layout(COLUMNS)
    *parts, flag = graph.outputs
    sizes = [int(np.prod(graph.shape(part))) for part in parts]
    if sum(sizes) != layout.length:
        raise ValueError(f"outputs of {sizes} numbers; the attention network's six hold {layout.length}")
    writer = OperatorWriter(graph)
    numbers = writer.join([writer.reshape(part, (size,)) for part, size in zip(parts, sizes, strict=True)], 1)
    # The few z that are sums come after the numbers themselves, where one pick then finds them all.
    sums = writer.fully_connected(writer.pick(numbers, layout.mixed_sources), layout.weights.T)
    sources = layout.sources.reshape(-1, 3).copy()
    sources[layout.mixed, 2] = layout.length + np.arange(layout.weights.shape[1])
    merged = writer.pick(writer.join([numbers, sums], 1), sources.ravel())
    graph.graph.tensors[merged].name = b"landmarks"
    graph.set_outputs([merged, flag])
    graph.remove_unused()
