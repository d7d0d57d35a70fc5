"""FaceExpressionGraph: what measured faces do, by the graph face_expression.pbtxt, as a function."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from attention_mesh.framework import SynchronousGraph, ValidatedGraph
from attention_mesh.framework.graph_part import part_for_outputs
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.python_bindings.landmarker.face_mesh_graph import face_mesh_graph_path


class FaceExpressionGraph:
    """Runs the part of face_expression.pbtxt that some outputs need, on the calling thread.

    One thread at a time may use it.

    Args:
      outputs: names of its output streams, one at least.
      side_packets: name -> value; those that this part does not take are left out.
    """

    def __init__(self, outputs: Collection[str], side_packets: Mapping[str, Any] = {}) -> None:
        part = part_for_outputs(ValidatedGraph(face_mesh_graph_path("face_expression")), outputs)
        self._outputs = tuple(outputs)
        self._inputs = [entry.name for entry in part.inputs]
        taken = {entry.name for entry in part.side_inputs}
        given = {name: value for name, value in side_packets.items() if name in taken}
        self._graph = SynchronousGraph(part, given, self._outputs)

    def run(
        self,
        timestamp_us: int,
        landmarks: NormalizedLandmarks,
        rois: NormalizedRects,
        image_size: tuple[int, int],
    ) -> dict[str, Any]:
        """Measures the faces of the next frame.

        Args:
          timestamp_us: larger than in the call before, in microseconds.
          landmarks: of F faces.
          rois: their regions, whose ids tell which face of the frame before each is.
          image_size: (width, height) of the frame in pixels.

        Returns:
          name of an output -> its value, as the graph's file says.

        Raises:
          GraphError: a calculator failed.
        """
        values = {"landmarks": landmarks, "rois": rois, "image_size": image_size}
        found = self._graph.run(timestamp_us, {name: values[name] for name in self._inputs})
        return dict(zip(self._outputs, found, strict=True))

    def reset(self) -> None:
        """Forgets the frames before."""
        self._graph.reset()

    def close(self) -> None:
        """Ends the graph; the next `run` starts it again."""
        self._graph.close()
