"""Errors of the graph engine. Each names the node, the stream and the timestamp concerned."""

from attention_mesh.errors import AttentionMeshError


class GraphError(AttentionMeshError):
    """Any error that the engine reports.

    It is not a built-in error itself. MediaPipe's Python API raises ValueError and RuntimeError for different
    things, and `except RuntimeError` must not catch the former.
    """


class ConfigError(GraphError, ValueError):
    """A graph that cannot run.

    Attributes:
      problems: every problem found in its config; the error's text has one per line.
    """

    def __init__(self, problems: str | list[str]) -> None:
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems))


class TimestampError(GraphError, ValueError):
    """A packet at a timestamp that its stream does not allow."""


class InputValueError(GraphError, ValueError):
    """A value that a program adds to a graph, and that a node there cannot use."""


class CancelledError(GraphError, RuntimeError):
    """The run was cancelled before it was done."""


class QueueFullError(GraphError, RuntimeError):
    """The graph has as many packets waiting as max_queue_size allows, so that another one was refused."""


class CalculatorError(GraphError, RuntimeError):
    """A calculator raised: node name, calculator, phase and timestamp. `__cause__` is what it raised."""
