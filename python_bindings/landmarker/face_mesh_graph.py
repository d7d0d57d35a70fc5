"""The native face mesh graphs, as the landmarker and the command line run them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attention_mesh.calculators  # noqa: F401 - makes the built-in calculators and subgraphs known

GRAPH_FOLDER = Path(__file__).resolve().parents[2] / "graphs" / "face_mesh"


def face_mesh_graph_path(name: str) -> Path:
    """The file of a native graph: "face_mesh", "face_mesh_two_pass", "face_mesh_render" …"""
    return GRAPH_FOLDER / f"{name}.pbtxt"


def face_mesh_side_packets(
    *,
    num_faces: int = 1,
    with_attention: bool = True,
    weights: str = "official",
    use_prev_landmarks: bool = True,
    detector: str = "auto",
    min_detection_confidence: float = 0.5,
    min_tracking_confidence: float = 0.5,
    smooth_landmarks: bool = True,
    num_threads: int = 0,
) -> dict[str, Any]:
    """The side packets of the face mesh graphs, by stream name."""
    return {
        "num_faces": num_faces,
        "with_attention": with_attention,
        "weights": weights,
        "use_prev_landmarks": use_prev_landmarks,
        "detector": detector,
        "min_detection_confidence": float(min_detection_confidence),
        "min_tracking_confidence": float(min_tracking_confidence),
        "smooth_landmarks": smooth_landmarks,
        "num_threads": num_threads,
    }
