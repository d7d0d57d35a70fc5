"""Types of a graph's inputs, from what their readers declare, also behind nodes that pass packets on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from attention_mesh.framework.port_types import is_subtype, members

if TYPE_CHECKING:
    from attention_mesh.framework.node_contract import Connection
    from attention_mesh.framework.validated_node import ValidatedNode


class UnknownType:
    """As a stream's type: that of an input of the graph, which is being found. Each input has its own."""


@dataclass
class InputReaders:
    """Who reads an input of the graph.

    Attributes:
      name: of the stream.
      type: stands for the input's type, also where nodes pass it on.
      readers: nodes with the inputs at which it arrives, unless those take anything.
    """

    name: str
    type: type = field(init=False)
    readers: list[tuple[ValidatedNode, Connection]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.type = type("UnknownType", (UnknownType,), {})

    def found(self) -> Any:
        """The only type that all readers take; `object` if several do, or none."""
        wanted = [connection.port.type for _, connection in self.readers]
        kinds = {member for kind in wanted for member in members(kind)}
        fitting = [kind for kind in kinds if all(is_subtype(kind, each) for each in wanted)]
        return fitting[0] if len(fitting) == 1 else object
