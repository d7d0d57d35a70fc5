"""GraphSolution: the base of the solutions, with their `process`, `reset` and `close`."""

import functools
import threading
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np

import attention_mesh.calculators  # noqa: F401  (makes the built-in calculators and subgraphs known)
from attention_mesh.forks import InheritedLocks
from attention_mesh.framework import GraphError, SynchronousGraph, ValidatedGraph
from attention_mesh.python_bindings.errors import GraphRuntimeError, InputError, as_runtime_errors
from attention_mesh.python_bindings.images import rgb_frame

# The graph sees a video of 30 frames per second, whatever time passes between two calls.
FRAME_US = 33333
_Self = TypeVar("_Self", bound="GraphSolution")


class SolutionOutputs(Protocol):
    """What `process` returns: a named tuple with a field per output stream."""

    @property
    def _fields(self) -> tuple[str, ...]: ...
    def _asdict(self) -> dict[str, Any]: ...
    def __getattr__(self, name: str) -> Any: ...


@functools.cache
def output_type(fields: tuple[str, ...]) -> Callable[..., SolutionOutputs]:
    """The class of named tuples for a solution with these outputs. Its instances can be pickled."""
    make_class: Callable[..., Any] = namedtuple  # mypy knows only those with literal fields
    outputs = make_class("SolutionOutputs", fields)
    outputs.__reduce__ = lambda self: (_outputs_of, (self._fields, *self))
    return outputs


def _outputs_of(fields: tuple[str, ...], *values: Any) -> SolutionOutputs:
    """Makes the outputs of a solution again, from a pickle."""
    return output_type(fields)(*values)


class GraphSolution:
    """Runs a graph on the caller's thread, one image per call.

    Threads: several threads may call one object. The calls run one after another, in an unspecified order;
    with tracking, each continues where the one before left off. For parallel work use one object per thread.

    Errors: a failing graph raises RuntimeError, as MediaPipe's solutions do. The next `process` then starts
    the graph again.

    Subclasses turn the packet's value into the caller's with `_convert`.
    """

    def __init__(self, graph_path: Path, side_packets: dict[str, Any], output_stream: str, field: str):
        """Opens the graph.

        Args:
          graph_path: the graph; its image input is called "image".
          side_packets: name of each side packet -> its value.
          output_stream: the stream whose packet is the result.
          field: name of the result in what `process` returns.

        Raises:
          RuntimeError: the graph cannot be opened, for example because weights are unavailable.
        """
        self._outputs = output_type((field,))
        self._lock = threading.RLock()
        self._locks = InheritedLocks(self._lock)
        self._timestamp_us = 0
        self._is_open = True
        with as_runtime_errors():
            self._graph = SynchronousGraph(ValidatedGraph(graph_path), side_packets, [output_stream])

    def process(self, image: np.ndarray) -> SolutionOutputs:
        """Runs the graph on one image, which `rgb_frame` checks.

        Raises:
          ValueError: the image is not RGB, or has no pixels, or the solution is closed.
          TypeError: the image is no array of uint8.
          RuntimeError: the graph failed.
        """
        with self._lock:
            self._expect_open("process")
            frame = rgb_frame(image)
            self._timestamp_us += FRAME_US
            try:
                (result,) = self._graph.run(self._timestamp_us, {"image": frame})
            except GraphError as error:
                raise GraphRuntimeError(str(error)) from error
            return self._outputs(self._convert(result))

    def reset(self) -> None:
        """Forgets the faces that are tracked. Does nothing once closed."""
        with self._lock:
            if self._is_open:
                with as_runtime_errors():
                    self._graph.reset()

    def close(self) -> None:
        """Ends the graph.

        Raises:
          ValueError: it is closed already.
        """
        with self._lock:
            self._expect_open("close")
            self._is_open = False
            self._graph.close()

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def _convert(self, value: Any) -> Any:
        """Makes the caller's result of the output packet's value, which is None if there was no packet."""
        raise NotImplementedError(f"{type(self).__name__} must define _convert")

    def _expect_open(self, what: str) -> None:
        if not self._is_open:
            name = type(self).__name__
            raise InputError(f"{what}: this {name} is closed already, its graph is None; make a new {name}.")
