"""FaceMeshRun: runs a face mesh graph frame by frame."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from attention_mesh.framework import CalculatorGraph, load_graph_config

GRAPHS = Path(__file__).resolve().parent.parent / "graphs" / "face_mesh"
MAX_FACES = 8


class FaceMeshRun:
    """One of the face mesh graphs, started once and fed images; a context manager."""

    def __init__(self, graph: str, **side_packets: Any) -> None:
        self._graph = CalculatorGraph(
            graph_config=load_graph_config(GRAPHS / f"{graph}.pbtxt"), scheduler="caller"
        )
        self._packet: Any = None
        self._graph.observe_output_stream("landmarks", self._keep)
        self._graph.start_run(
            {
                "num_faces": MAX_FACES,
                "with_attention": True,
                "use_prev_landmarks": False,
                "detector": "short",
                "min_detection_confidence": 0.5,
                "min_tracking_confidence": 0.5,
                "smooth_landmarks": False,
                "num_threads": 1,
                **side_packets,
            }
        )
        self._next_us = 0

    def __enter__(self) -> FaceMeshRun:
        return self

    def __exit__(self, *_: object) -> None:
        self._graph.close_all_packet_sources()
        self._graph.wait_until_done()

    def landmarks_px(self, image: np.ndarray, timestamp_us: int | None = None) -> np.ndarray:
        """The landmarks of an RGB image, (F, 478, 3) float32 px. The default timestamp is a second later."""
        timestamp_us = self._next_us if timestamp_us is None else timestamp_us
        self._next_us = timestamp_us + 1_000_000
        self._graph.add_packet("image", image, timestamp_us)
        self._graph.wait_until_idle()
        return self._packet.value.in_pixels((image.shape[1], image.shape[0]))

    def _keep(self, packet: Any) -> None:
        self._packet = packet
