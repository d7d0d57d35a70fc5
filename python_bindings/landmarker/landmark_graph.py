"""A face mesh graph as a function: packets in, landmarks out, and whole again after an error."""

from __future__ import annotations

import contextlib
import functools
from typing import Any

import numpy as np

from attention_mesh.framework import (
    CalculatorError,
    CalculatorGraph,
    Packet,
    ValidatedGraph,
    load_graph_config,
)
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.models.weights import WeightsError
from attention_mesh.python_bindings.landmarker.face_mesh_graph import face_mesh_graph_path

_OUTPUTS = ("LANDMARKS", "ROIS", "SCORES")


class LandmarkGraph:
    """Runs a native graph with the outputs LANDMARKS, ROIS and SCORES on the calling thread.

    `name`: of the file in graphs/face_mesh. `side_packets`: by name; those the graph does not take are left
    out. It starts at once. One thread at a time may use it.

    Raises WeightsError when a network's file is neither cached nor to be had.
    """

    def __init__(self, name: str, side_packets: dict[str, Any]) -> None:
        self._validated = ValidatedGraph(load_graph_config(face_mesh_graph_path(name)))
        taken = {entry.name for entry in self._validated.side_inputs}
        self._side_packets = {name: value for name, value in side_packets.items() if name in taken}
        self._streams = {entry.tag: entry.name for entry in self._validated.outputs if entry.tag in _OUTPUTS}
        self._packets: dict[str, Packet] = {}
        self._graph: CalculatorGraph | None = None
        self._start()

    def run(
        self, timestamp_us: int, **inputs: Any
    ) -> tuple[NormalizedLandmarks, NormalizedRects, np.ndarray]:
        """Sends one packet to each input, by stream name; returns landmarks, regions and (F,) scores.

        Timestamps increase. Whatever interrupts this (an error of a calculator, Ctrl-C) leaves no half-run
        graph behind: the next call starts it afresh.
        """
        if self._graph is None:
            self._start()
        try:
            for stream, value in inputs.items():
                self._graph.add_packet(stream, value, timestamp_us)
            self._graph.wait_until_idle()
            landmarks, rois, scores = map(self._packets.pop, _OUTPUTS)
        except BaseException:
            with contextlib.suppress(Exception):  # the first error is the one to tell
                self.close()
            raise
        return landmarks.value, rois.value, scores.value

    def close(self) -> None:
        """Ends the graph. May be called twice."""
        graph, self._graph = self._graph, None
        self._packets.clear()
        if graph is not None:
            graph.close()

    def _start(self) -> None:
        graph = CalculatorGraph(validated_graph=self._validated, scheduler="caller")
        for tag, stream in self._streams.items():
            graph.observe_output_stream(stream, functools.partial(self._packets.__setitem__, tag))
        try:
            graph.start_run(self._side_packets)
        except CalculatorError as error:
            if isinstance(error.__cause__, WeightsError):
                raise error.__cause__ from None
            raise
        self._graph = graph
