"""The errors of the Python API: our own, and the engine's as MediaPipe's Python programs catch them.

MediaPipe raises ValueError, RuntimeError or NotImplementedError, by the status that a C++ function returned.
A `GraphConfigError` and its relatives are such an exception and the engine's own at once, so that both
`except ValueError` and `except attention_mesh.framework.GraphError` catch them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from attention_mesh.errors import AttentionMeshError
from attention_mesh.framework.errors import ConfigError, GraphError, TimestampError


class InputError(AttentionMeshError, ValueError):
    """An option, an image, a timestamp or a call that a landmarker or a solution cannot take."""


class MissingFileError(InputError, FileNotFoundError, RuntimeError):
    """An option names a model file that is not there; MediaPipe's releases raise one or the other."""


class GraphConfigError(ConfigError, RuntimeError):
    """A graph that cannot run. MediaPipe calls some of its flaws ValueError and others RuntimeError."""


class GraphValueError(GraphError, ValueError):
    """A calculator raised ValueError or TypeError, or nothing there reads a packet of this type."""


class GraphNotImplementedError(GraphError, NotImplementedError):
    """A calculator raised NotImplementedError."""


class GraphRuntimeError(GraphError, RuntimeError):
    """Anything else that went wrong in a graph."""


def translated(error: GraphError) -> GraphError:
    """Returns the exception to raise in place of an engine's error; it has the same text."""
    if isinstance(error, ConfigError):
        return GraphConfigError(error.problems)
    root: BaseException | None = error
    while isinstance(root, GraphError) and root.__cause__ is not None:
        root = root.__cause__
    if isinstance(root, TimestampError):
        return TimestampError(str(error))
    if isinstance(root, NotImplementedError):
        return GraphNotImplementedError(str(error))
    if isinstance(root, (ValueError, TypeError)):
        return GraphValueError(str(error))
    return GraphRuntimeError(str(error))


@contextlib.contextmanager
def translating() -> Iterator[None]:
    """Raises, in place of an engine's error from within, the one that MediaPipe's programs expect."""
    try:
        yield
    except GraphError as error:
        raise translated(error) from error


@contextlib.contextmanager
def as_runtime_errors() -> Iterator[None]:
    """Raises a GraphRuntimeError in place of any engine's error from within, as the solutions do."""
    try:
        yield
    except GraphError as error:
        raise GraphRuntimeError(str(error)) from error
