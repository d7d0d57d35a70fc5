"""Images of the CPU for graphs whose inputs and outputs are images on a GPU."""

from __future__ import annotations

import numpy as np

from attention_mesh.framework import ValidatedGraph
from attention_mesh.framework.conversions import converter
from attention_mesh.framework.tags import TagName, format_entries, parse_entries


def with_cpu_images(graph: ValidatedGraph) -> ValidatedGraph:
    """The graph with nodes that upload the images that go in, and download those that come out.

    So a graph for a GPU, such as MediaPipe's `face_mesh_desktop_live_gpu.pbtxt`, takes and gives arrays
    (H, W, 3) uint8 RGB under the same names::

        graph = with_cpu_images(ValidatedGraph(Path("face_mesh_desktop_live_gpu.pbtxt")))
        with CalculatorGraph(validated_graph=graph) as running:
            ...

    Args:
      graph: any graph. Its inputs and outputs that are no `GpuBuffer`s stay as they are.

    Returns:
      The new graph, or the given one if there is nothing to do.
    """
    uploads = {e.name: converter(np.ndarray, graph.found_input_types[e.name]) for e in graph.inputs}
    downloads = {e.name: converter(graph.stream_type(e.name), np.ndarray) for e in graph.outputs}
    inputs = [name for name, node in uploads.items() if node]
    outputs = [name for name, node in downloads.items() if node and name not in inputs]
    if not inputs and not outputs:
        return graph
    config = type(graph.config)()
    config.CopyFrom(graph.config)
    inner = {name: f"{name}_on_gpu" for name in [*inputs, *outputs]}
    for node in config.node:
        for streams in (node.input_stream, node.output_stream):
            entries = parse_entries(streams)
            renamed = [TagName(e.tag, e.index, inner.get(e.name, e.name)) for e in entries]
            streams[:] = format_entries(renamed)
    for name in inputs:
        config.node.add(
            name=f"upload_{name}",
            calculator=uploads[name],
            input_stream=[name],
            output_stream=[inner[name]],
        )
    for name in outputs:
        config.node.add(
            name=f"download_{name}",
            calculator=downloads[name],
            input_stream=[inner[name]],
            output_stream=[name],
        )
    return ValidatedGraph(config)
