"""GpuFaceMesh: the face mesh graph on a GPU, whose place the CPU's graph takes if the GPU fails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from attention_mesh.calculators.gpu.kernels.gpu_service import gpu_failure
from attention_mesh.framework import GraphError, SynchronousGraph
from attention_mesh.geometry.continued_ids import ContinuedIds
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.python_bindings.landmarker.face_expression_graph import FaceExpressionGraph

_log = logging.getLogger(__name__)


class GpuFaceMesh:
    """Runs a graph on a GPU; once that fails, the CPU measures the same frame and all that follow.

    A GPU fails if its driver is reset, its memory does not suffice, or it does not compile a shader. The log
    then has one warning, which says why. Faces keep their track ids if the CPU finds them where they were.

    One thread at a time may use it.

    Args:
      graph: on the GPU, started. Its `run` returns landmarks, regions, scores, and perhaps blend shapes.
      open_cpu: starts the graph that takes its place, and what makes its blend shapes.
    """

    def __init__(
        self,
        graph: SynchronousGraph,
        open_cpu: Callable[[], tuple[SynchronousGraph, FaceExpressionGraph | None]],
    ) -> None:
        self._graph = graph
        self._open_cpu = open_cpu
        self._expression: FaceExpressionGraph | None = None
        self._last = NormalizedRects.empty()
        self._next_id = 1
        self._ids: ContinuedIds | None = None  # since the CPU runs

    def run(self, timestamp_us: int, inputs: Mapping[str, Any]) -> list[Any]:
        """What the graph returns for a frame; see `SynchronousGraph.run`.

        Raises:
          GraphError: a calculator failed for another reason than the GPU, or the timestamp does not increase.
          WeightsError: the CPU takes over, and a network's file is neither in the cache nor available.
        """
        if self._ids is None:
            try:
                found = self._graph.run(timestamp_us, inputs)
            except GraphError as error:
                reason = gpu_failure(error)
                if reason is None:
                    raise
                self._leave_gpu(reason)
            else:
                self._last = found[1]
                self._next_id = max(self._next_id, int(np.max(self._last.ids, initial=0)) + 1)
                return found
        return self._run_on_cpu(timestamp_us, inputs)

    def reset(self) -> None:
        """Forgets the frames before; after a failure, it stays on the CPU."""
        self._last, self._next_id = NormalizedRects.empty(), 1
        if self._ids is not None:
            self._ids = ContinuedIds(self._last, self._next_id)
        try:
            self._graph.reset()
        except GraphError as error:
            reason = gpu_failure(error)
            if self._ids is not None or reason is None:
                raise
            self._leave_gpu(reason)
        if self._expression is not None:
            self._expression.reset()

    def close(self) -> None:
        """Ends the graph; the next `run` starts it again."""
        self._graph.close()
        if self._expression is not None:
            self._expression.close()

    def _leave_gpu(self, reason: Exception) -> None:
        self._graph.close()
        self._graph, self._expression = self._open_cpu()
        self._ids = ContinuedIds(self._last, self._next_id)
        _log.warning("the face mesh runs on the CPU from now on: %s", reason)

    def _run_on_cpu(self, timestamp_us: int, inputs: Mapping[str, Any]) -> list[Any]:
        assert self._ids is not None  # since the GPU failed
        landmarks, rects, scores = self._graph.run(timestamp_us, inputs)
        rects = self._ids.update(rects)
        if self._expression is None:
            return [landmarks, rects, scores]
        height, width = inputs["image"].shape[:2]
        shapes = self._expression.run(timestamp_us, landmarks, rects, (width, height))
        return [landmarks, rects, scores, *shapes.values()]
