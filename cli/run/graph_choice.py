"""The graph a run uses: the face mesh's own, or the user's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.run.graph_ports import GraphPorts
from attention_mesh.cli.run.graph_side_packets import missing_side_packets, side_packet_types
from attention_mesh.cli.run.side_packets import parse_side_packets
from attention_mesh.framework import CalculatorGraph, ValidatedGraph, load_calculator_file
from attention_mesh.python_bindings.landmarker.face_landmarker_options import DETECTORS
from attention_mesh.python_bindings.landmarker.face_mesh_graph import (
    face_mesh_graph_path,
    face_mesh_side_packets,
)

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
# Nodes that drop frames while others are being worked on: one that is not live must wait for each.
_LIMITERS = ("FlowLimiterCalculator", "RealTimeFlowLimiterCalculator")


@dataclass(frozen=True)
class GraphChoice:
    """A graph that is ready to run: made, with its streams and side packets.

    lockstep: whether a frame goes in only when the one before has come out.
    """

    graph: CalculatorGraph
    ports: GraphPorts
    side_packets: dict[str, Any]
    lockstep: bool = False


def load_user_graph(
    path: Path, graph_path: Sequence[Path] = (), calculators: Sequence[Path] = ()
) -> ValidatedGraph:
    """A graph's file, text or binary, with the user's subgraphs and calculators. Raises ConfigError."""
    for file in calculators:
        load_calculator_file(file)
    return ValidatedGraph(Path(path), list(graph_path))


def choose_graph(
    own: ValidatedGraph | None,
    *,
    still: bool,
    live: bool,
    wanted: set[str],
    given: dict[str, Any],
    entries: Sequence[str] = (),
    trace: bool = False,
    profile: bool = False,
) -> GraphChoice:
    """Makes the graph of a run.

    `own`: the user's graph, None for the face mesh. `still`: the frames are unrelated photos. `live`: run
    on the caller's thread, a frame at a time, instead of on a pool; so does a graph with a node that limits
    the flow, which would drop frames else. `wanted`: "image", "landmarks". `given`: side packets by options
    the user gave; `entries`: those of --side-packet, which win. A graph that takes side packets of the face
    mesh graphs' names gets their defaults.

    Raises UsageError when graph, options and outputs do not go together, ConfigError for an invalid graph.
    """
    if given.get("detector", DETECTORS[0]) not in DETECTORS:
        raise UsageError(f"--detector {given['detector']}: expected {', '.join(DETECTORS)}")
    if still and given.get("smooth_landmarks"):
        raise UsageError("--smooth does not apply: images are unrelated, and it smooths over time")
    validated = own
    if validated is None:
        validated = ValidatedGraph(face_mesh_graph_path(_face_mesh_name(still, "image" in wanted)))
    ports = GraphPorts.of(validated)
    for kind in sorted(wanted):
        if getattr(ports, kind) is None:
            raise UsageError(f"--graph: the outputs need {_OUTPUT_HINTS[kind]}, which it does not have")
    types = side_packet_types(validated)
    for name in given:
        if name not in types:
            raise UsageError(f"{_FLAGS[name]} does not apply: the graph takes no side packet {name}")
    defaults = face_mesh_side_packets(use_prev_landmarks=not still, smooth_landmarks=not still)
    packets = {name: value for name, value in defaults.items() if name in types}
    packets.update(given)
    packets.update(parse_side_packets(entries, types))
    check_side_packets(validated, packets)
    lockstep = live or any(node.calculator.__name__ in _LIMITERS for node in validated.nodes)
    graph = CalculatorGraph(
        validated_graph=validated, scheduler="caller" if lockstep else "pool", trace=trace, profile=profile
    )
    return GraphChoice(graph, ports, packets, lockstep)


def check_side_packets(graph: ValidatedGraph, given: dict[str, Any]) -> None:
    """Raises UsageError where a side packet that the graph must have is not given."""
    missing = missing_side_packets(graph, given)
    if missing:
        needs = ", ".join(f"{name} ({type_})" for name, type_ in missing.items())
        raise UsageError(
            f"--graph: it needs side packets that are not given, as --side-packet name=value: {needs}"
        )


def _face_mesh_name(still: bool, image: bool) -> str:
    name = "face_mesh_two_pass" if still else "face_mesh"
    return f"{name}_render" if image else name
