"""A graph behind `process(image)`: what all solutions have in common."""

import threading
from collections import namedtuple
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import attention_mesh.calculators  # noqa: F401  (makes the built-in calculators and subgraphs known)
from attention_mesh.framework import CalculatorGraph, GraphError, load_graph_config
from attention_mesh.python_bindings.solutions.rgb_frame import rgb_frame

# The graph sees a video of 30 frames a second, whatever time passes between two calls.
FRAME_US = 33333


class GraphSolution:
    """Runs a graph on the caller's thread, one image a call.

    Threads: calls of one object from several threads are taken one after another, in no promised order;
    with tracking, each continues where the one before left off. For parallel work use one object a thread.

    Errors: a failing graph raises RuntimeError, as MediaPipe's solutions do; the next `process` then
    starts the graph afresh.

    Subclasses turn the packet's value into the caller's with `_convert`.
    """

    def __init__(self, graph_path: Path, side_packets: dict[str, Any], output_stream: str, field: str):
        """Opens the graph.

        Args:
          graph_path: the graph; its image input is called "image".
          side_packets: name → value.
          output_stream: the stream whose packet is the result.
          field: name of the result in what `process` returns.

        Raises RuntimeError when the graph cannot be opened, for example because weights are missing.
        """
        self._outputs = namedtuple("SolutionOutputs", [field])
        self._side_packets = side_packets
        self._lock = threading.RLock()
        self._timestamp_us = 0
        self._result: Any = None
        self._is_open = True
        self._is_running = False
        self._graph = CalculatorGraph(graph_config=load_graph_config(graph_path), scheduler="caller")
        self._graph.observe_output_stream(output_stream, self._keep)
        self._start()

    def process(self, image: np.ndarray) -> NamedTuple:
        """Runs the graph on one image; see `rgb_frame` for what it may be.

        Raises:
          ValueError: the image is not RGB or has no pixels, or the solution is closed.
          TypeError: the image is no array of uint8.
          RuntimeError: the graph failed.
        """
        with self._lock:
            self._expect_open("process")
            frame = rgb_frame(image)
            if not self._is_running:
                self._start()
            self._timestamp_us += FRAME_US
            self._result = None
            try:
                self._graph.add_packet("image", frame, self._timestamp_us)
                self._graph.wait_until_idle()
            except BaseException as error:
                self._stop()
                if isinstance(error, GraphError):
                    raise RuntimeError(str(error)) from error
                raise
            return self._outputs(self._convert(self._result))

    def reset(self) -> None:
        """Forgets the faces tracked so far. Does nothing once closed."""
        with self._lock:
            if self._is_open:
                self._stop()
                self._start()

    def close(self) -> None:
        """Ends the graph. Raises ValueError when it is closed already."""
        with self._lock:
            self._expect_open("close")
            self._is_open = False
            self._stop()

    def __enter__(self):
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def _convert(self, value: Any) -> Any:
        """The result for the caller from the output packet's value; None where there was no packet."""
        raise NotImplementedError(f"{type(self).__name__} does not say what its result is")

    def _keep(self, packet) -> None:
        self._result = packet.value

    def _expect_open(self, what: str) -> None:
        if not self._is_open:
            name = type(self).__name__
            raise ValueError(f"{what}: this {name} is closed already, its graph is None; make a new {name}.")

    def _start(self) -> None:
        try:
            self._graph.start_run(self._side_packets)
        except GraphError as error:
            raise RuntimeError(str(error)) from error
        self._is_running = True

    def _stop(self) -> None:
        self._is_running = False
        self._graph.close()
