"""A stream into the graph, fed by the program around it."""

from typing import Any

from attention_mesh.framework.bound_ports import BoundOutput
from attention_mesh.framework.port_types import is_value_of, type_name


class GraphInput:
    """Stands where a node would stand: it has outputs, and is held back when what it feeds is full.

    Attributes:
      types: classes that its values may have, by what its consumers declare; empty for any.
    """

    def __init__(self, name: str, types: tuple[type, ...]):
        self.name = name
        self.types = types
        self.output = BoundOutput(name, True)
        self.outputs = [self.output]
        self.throttled = 0

    def check(self, value: Any) -> None:
        """Raises TypeError for a value that no consumer could read."""
        for wanted in self.types:
            if not is_value_of(value, wanted):
                raise TypeError(
                    f'graph input "{self.name}" takes {type_name(wanted)}, but was given '
                    f"{type(value).__name__}"
                )
