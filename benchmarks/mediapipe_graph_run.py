"""FrontGraphRun: runs MediaPipe's front graph on this package's engine frame by frame."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from attention_mesh.framework import CalculatorGraph, load_graph_config

OURS = Path(__file__).resolve().parent.parent / "graphs" / "mediapipe" / "face_landmark_front_cpu.pbtxt"


class FrontGraphRun:
    """FaceLandmarkFrontCpu with 478 landmarks, started once and fed images; a context manager.

    Args:
      graph: the graph's file, text or binary, with our wiring or MediaPipe's.
      graph_path: folders with MediaPipe's own subgraphs; without folders, the subgraphs are ours.
      track: whether the frames follow one another.
    """

    def __init__(
        self, graph: Path = OURS, graph_path: tuple[Path, ...] = (), num_faces: int = 1, track: bool = True
    ) -> None:
        self._graph = CalculatorGraph(
            graph_config=load_graph_config(graph), graph_path=graph_path, scheduler="caller"
        )
        self._packet: Any = None
        (stream,) = (
            entry.rpartition(":")[2]
            for entry in load_graph_config(graph).output_stream
            if entry.startswith("LANDMARKS:")
        )
        self._graph.observe_output_stream(stream, self._keep)
        self._graph.start_run({"num_faces": num_faces, "use_prev_landmarks": track, "with_attention": True})

    def __enter__(self) -> FrontGraphRun:
        return self

    def __exit__(self, *_: object) -> None:
        self._graph.close_all_packet_sources()
        self._graph.wait_until_done()

    def landmarks_px(self, image: np.ndarray, timestamp_us: int) -> np.ndarray:
        """The landmarks of an RGB image, (F, 478, 3) float32 px; F = 0 if there is no face."""
        self._packet = None
        self._graph.add_packet("image", image, timestamp_us)
        self._graph.wait_until_idle()
        if self._packet is None:
            return np.zeros((0, 478, 3), np.float32)
        return self._packet.value.in_pixels((image.shape[1], image.shape[0]))

    def _keep(self, packet: Any) -> None:
        self._packet = packet
