"""The graph a run uses: the face mesh's own, or the user's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attention_mesh.framework import CalculatorGraph, ValidatedGraph, load_calculator_file, load_graph_config
from attention_mesh.python_bindings.cli.graph_ports import GraphPorts, side_packet_types
from attention_mesh.python_bindings.cli.side_packets import parse_side_packets
from attention_mesh.python_bindings.cli.usage_error import UsageError
from attention_mesh.python_bindings.face_landmarker_options import DETECTORS
from attention_mesh.python_bindings.face_mesh_graph import face_mesh_graph_path, face_mesh_side_packets

_FLAGS = {
    "num_faces": "--num-faces",
    "detector": "--detector",
    "smooth_landmarks": "--smooth",
    "num_threads": "--threads",
}
_OUTPUT_HINTS = {
    "image": "pictures (an output tagged IMAGE)",
    "landmarks": "landmarks (an output tagged LANDMARKS)",
}


@dataclass(frozen=True)
class GraphChoice:
    """A graph that is ready to run: made, with its streams and side packets."""

    graph: CalculatorGraph
    ports: GraphPorts
    side_packets: dict[str, Any]


def choose_graph(
    path: Path | None,
    *,
    still: bool,
    live: bool,
    wanted: set[str],
    given: dict[str, Any],
    entries: Sequence[str] = (),
    graph_path: Sequence[Path] = (),
    calculators: Sequence[Path] = (),
    trace: bool = False,
    profile: bool = False,
) -> GraphChoice:
    """Makes the graph of a run.

    `path`: the user's graph, None for the face mesh. `still`: the frames are unrelated photos. `live`: run
    on the caller's thread, a frame at a time, instead of on a pool. `wanted`: "image", "landmarks".
    `given`: side packets by options the user gave; `entries`: those of --side-packet, which win. A graph
    that takes side packets of the face mesh graphs' names gets their defaults.

    Raises UsageError when graph, options and outputs do not go together, ConfigError for an invalid graph.
    """
    if given.get("detector", DETECTORS[0]) not in DETECTORS:
        raise UsageError(f"--detector {given['detector']}: expected {', '.join(DETECTORS)}")
    for file in calculators:
        load_calculator_file(file)
    if path is None:
        path = face_mesh_graph_path(_face_mesh_name(still, "image" in wanted))
    validated = ValidatedGraph(load_graph_config(path), list(graph_path))
    ports = GraphPorts.of(validated)
    for kind in sorted(wanted):
        if getattr(ports, kind) is None:
            raise UsageError(
                f"--graph {path}: the outputs need {_OUTPUT_HINTS[kind]}, which it does not have"
            )
    types = side_packet_types(validated)
    for name in given:
        if name not in types:
            raise UsageError(f"{_FLAGS[name]} does not apply: the graph {path} takes no side packet {name}")
    defaults = face_mesh_side_packets(use_prev_landmarks=not still, smooth_landmarks=not still)
    packets = {name: value for name, value in defaults.items() if name in types}
    packets.update(given)
    packets.update(parse_side_packets(entries, types))
    graph = CalculatorGraph(
        validated_graph=validated, scheduler="caller" if live else "pool", trace=trace, profile=profile
    )
    return GraphChoice(graph, ports, packets)


def _face_mesh_name(still: bool, image: bool) -> str:
    name = "face_mesh_two_pass" if still else "face_mesh"
    return f"{name}_render" if image else name
