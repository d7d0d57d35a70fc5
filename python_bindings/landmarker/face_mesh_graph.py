"""Face mesh graphs: their files, their side packets, and one of them as a function of a frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attention_mesh.calculators  # noqa: F401 - makes the built-in calculators and subgraphs known
from attention_mesh.framework import CalculatorError, GraphService, SynchronousGraph, ValidatedGraph
from attention_mesh.models.weights import WeightsError

DETECTORS = ("auto", "short", "full")
"""What the side packet `detector` may be; see the page on the Python API."""

SPARE_CANDIDATES = 4
"""How many candidates more than faces are measured while faces are missing; false detections are few."""

GRAPH_FOLDER = Path(__file__).resolve().parents[2] / "graphs" / "face_mesh"


def face_mesh_graph_path(name: str) -> Path:
    """The file of a face mesh graph: "face_mesh", "face_mesh_two_pass", "face_mesh_render" and so on."""
    return GRAPH_FOLDER / f"{name}.pbtxt"


def open_face_mesh_graph(
    name: str,
    side_packets: Mapping[str, Any],
    more_outputs: Sequence[str] = (),
    services: Mapping[GraphService[Any], Any] | None = None,
) -> SynchronousGraph:
    """Starts a face mesh graph; its `run` returns landmarks, regions and scores, in this order.

    They are `NormalizedLandmarks`, `NormalizedRects` and (F,) float32 scores.

    Args:
      name: of the graph, see `face_mesh_graph_path`.
      side_packets: name -> value; those that the graph does not take are left out.
      more_outputs: tags of outputs that follow these three.
      services: graph service -> its object.

    Raises:
      WeightsError: a network's file is neither in the cache nor available.
    """
    graph = ValidatedGraph(face_mesh_graph_path(name))
    taken = {entry.name for entry in graph.side_inputs}
    streams = {entry.tag: entry.name for entry in graph.outputs}
    try:
        return SynchronousGraph(
            graph,
            {name: value for name, value in side_packets.items() if name in taken},
            [streams[tag] for tag in ("LANDMARKS", "ROIS", "SCORES", *more_outputs)],
            services,
        )
    except CalculatorError as error:
        if isinstance(error.__cause__, WeightsError):
            raise error.__cause__ from None
        raise


def face_mesh_side_packets(
    *,
    num_faces: int = 1,
    spare_candidates: int = SPARE_CANDIDATES,
    with_attention: bool = True,
    weights: str = "official",
    use_prev_landmarks: bool = True,
    detector: str = "auto",
    min_detection_confidence: float = 0.5,
    min_tracking_confidence: float = 0.5,
    smooth_landmarks: bool = True,
    num_threads: int = 0,
    device: str = "cpu",
) -> dict[str, Any]:
    """The side packets of the face mesh graphs, by stream name."""
    return {
        "num_faces": num_faces,
        "spare_candidates": spare_candidates,
        "with_attention": with_attention,
        "weights": weights,
        "use_prev_landmarks": use_prev_landmarks,
        "detector": detector,
        "min_detection_confidence": float(min_detection_confidence),
        "min_tracking_confidence": float(min_tracking_confidence),
        "smooth_landmarks": smooth_landmarks,
        "num_threads": num_threads,
        "device": device,
    }
