"""What can go wrong in a graph, each with the place where it did."""


class GraphError(Exception):
    """Anything the engine reports. Its text names the node, the stream and the timestamp concerned."""


class ConfigError(GraphError):
    """A graph that cannot run: every problem found in its config, one a line."""

    def __init__(self, problems: str | list[str]):
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems))


class TimestampError(GraphError):
    """A packet older than its stream allows."""


class CancelledError(GraphError):
    """The run was cancelled before it was done."""


class QueueFullError(GraphError):
    """A packet was refused, because the graph has as many waiting as max_queue_size allows."""


class CalculatorError(GraphError):
    """A calculator raised: node name, calculator, phase and timestamp; the cause is `__cause__`."""
