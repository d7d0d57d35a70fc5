"""Chooses the graph of a run: one of the face mesh's, or the user's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from attention_mesh.calculators.tensor.devices.network_runner import DEVICES
from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.run.graph_ports import GraphPorts
from attention_mesh.cli.run.side_packets import check_side_packets, parse_side_packets, side_packet_types
from attention_mesh.framework import CalculatorGraph, ValidatedGraph, load_calculator_file
from attention_mesh.models.runtime.thread_count import default_thread_count
from attention_mesh.python_bindings.cpu_images import with_cpu_images
from attention_mesh.python_bindings.landmarker.face_mesh_graph import (
    DETECTORS,
    face_mesh_graph_path,
    face_mesh_side_packets,
)

OPTION_OF_SIDE_PACKET = {
    "num_faces": "--num-faces",
    "detector": "--detector",
    "smooth_landmarks": "--smooth",
    "num_threads": "--threads",
    "layers": "--draw",
    "vertical_fov_degrees": "--fov",
    "device": "--device",
    "weights": "--weights",
}
_OUTPUT_HINTS = {
    "image": "pictures (an output tagged IMAGE)",
    "landmarks": "landmarks (an output tagged LANDMARKS)",
    "table": "landmarks (an output tagged LANDMARKS) or other outputs",
}
# Nodes that drop frames while another is being worked on. So that a file loses none, each frame of it waits
# for the one before.
_LIMITERS = ("FlowLimiterCalculator", "RealTimeFlowLimiterCalculator")
# On so many cores, a network gets one thread if frames come from files: decoding and writing, or other
# photos, take the rest. With more cores, the runtime measures what is faster.
_FEW_CORES = 2
_QUEUED_FRAMES = 4  # most frames that wait in front of any node; more only cost memory


@dataclass(frozen=True)
class GraphChoice:
    """A graph that is ready to run.

    Attributes:
      graph: not started.
      ports: its streams.
      side_packets: by name.
      lockstep: whether a frame goes in only when the one before has come out.
      answers_at_once: whether all that comes out for a frame has come when the graph is idle again. A user's
        graph may hold frames back.
    """

    graph: CalculatorGraph
    ports: GraphPorts
    side_packets: dict[str, Any]
    lockstep: bool = False
    answers_at_once: bool = False


def load_user_graph(
    path: Path, graph_path: Sequence[Path] = (), calculators: Sequence[Path] = ()
) -> ValidatedGraph:
    """Loads a graph, text or binary, with the user's subgraphs and calculators. Raises ConfigError."""
    for file in calculators:
        load_calculator_file(file)
    return ValidatedGraph(Path(path), list(graph_path))


def choose_graph(
    own: ValidatedGraph | None,
    *,
    still: bool,
    live: bool,
    wanted: set[str],
    given: Mapping[str, Any],
    entries: Sequence[str] = (),
    trace: bool = False,
    profile: bool = False,
    allow_graph_files: bool = False,
) -> GraphChoice:
    """Makes the graph of a run.

    A graph that takes side packets with the names of the face mesh's gets their defaults. Frames go through
    one at a time, on the caller's thread, from a live source, through a graph with a node that limits the
    flow, and where nothing is gained by threads for the nodes.

    Args:
      own: the user's graph; None for the face mesh.
      still: whether the frames are unrelated photos.
      live: whether frames come at the world's pace.
      wanted: what the graph must put out: "image", "landmarks", or "table" for landmarks or other values.
      given: side packets that options of the command line set, by name.
      entries: side packets as ``name=value``, which win over `given`.
      trace: whether to record a Chrome trace.
      profile: whether to measure each node.
      allow_graph_files: see `CalculatorGraph`.

    Raises:
      UsageError: graph, options and outputs do not fit.
      ConfigError: the graph is invalid.
    """
    if given.get("detector", DETECTORS[0]) not in DETECTORS:
        raise UsageError(f"--detector {given['detector']}: expected one of {', '.join(DETECTORS)}")
    if given.get("device", DEVICES[0]) not in DEVICES:
        raise UsageError(f"--device {given['device']}: expected one of {', '.join(DEVICES)}")
    if still and given.get("smooth_landmarks"):
        raise UsageError("--smooth does not apply: images are unrelated, and it smooths over time")
    layers = layer_names(given.get("layers", ""))
    if still and "motion" in layers:
        raise UsageError("--draw motion does not apply: images are unrelated, and it needs time")
    validated = face_mesh_graph(still, "image" in wanted) if own is None else with_cpu_images(own)
    ports = GraphPorts.of(validated)
    for kind in sorted(wanted):
        if not (ports.landmarks or ports.values if kind == "table" else getattr(ports, kind)):
            raise UsageError(f"--graph: the outputs need {_OUTPUT_HINTS[kind]}, which it does not have")
    types = side_packet_types(validated)
    for name in given:
        if name not in types:
            raise UsageError(
                f"{OPTION_OF_SIDE_PACKET[name]} does not apply: the graph takes no side packet {name}"
            )
    defaults = face_mesh_side_packets(use_prev_landmarks=not still, smooth_landmarks=not still)
    packets = {name: value for name, value in defaults.items() if name in types}
    packets.update(given)
    if "gaze" in layers and "with_gaze" in types:
        packets["with_gaze"] = True
    packets.update(parse_side_packets(entries, types))
    check_side_packets(validated, packets)
    lockstep = live or any(node.calculator.__name__ in _LIMITERS for node in validated.nodes)
    if own is None and not live:
        few = default_thread_count() <= _FEW_CORES
        if few:
            packets["num_threads"] = packets["num_threads"] or 1
        # A film's frames wait for each other's faces. So only drawing could overlap with the next frame, and
        # on few cores decoding and writing do so already.
        lockstep = not still and (few or "image" not in wanted)
    graph = CalculatorGraph(
        validated_graph=validated,
        scheduler="caller" if lockstep else "pool",
        trace=trace,
        profile=profile,
        allow_graph_files=allow_graph_files,
    )
    graph.max_queue_size = min(graph.max_queue_size, _QUEUED_FRAMES)
    return GraphChoice(graph, ports, packets, lockstep, answers_at_once=own is None)


def layer_names(text: str) -> list[str]:
    """The names in the text of --draw, which has commas between them."""
    return [name.strip() for name in text.split(",")]


@cache
def face_mesh_graph(still: bool, image: bool) -> ValidatedGraph:
    """The face mesh graph of a run, built once.

    Args:
      still: whether the frames are unrelated photos.
      image: whether pictures are drawn.
    """
    name = "face_mesh_two_pass" if still else "face_mesh"
    return ValidatedGraph(face_mesh_graph_path(f"{name}_render" if image else name))
