"""NodeContract: what one node of a graph makes of its calculator's declaration."""

from dataclasses import dataclass, field
from typing import Any

from attention_mesh.framework.ports import Input, Output, Port, SideInput, SideOutput
from attention_mesh.framework.tags import TagName


@dataclass
class Connection:
    """A port of a node, tied to a stream or side packet.

    Attributes:
      entry: tag, index and name as the graph writes them.
      port: the class's declaration.
      type: class of the values; of a generic port, what the node's `contract` made of it.
      back_edge: whether the stream closes a cycle.
    """

    entry: TagName
    port: Port[Any]
    type: type[Any]
    back_edge: bool = False


def is_late(connection: Connection) -> bool:
    """Whether it is a side packet that is set only while the graph runs."""
    return isinstance(connection.port, SideOutput) and connection.port.late


@dataclass
class NodeContract:
    """What `Calculator.contract` sees and may refine.

    Attributes:
      name: the node's name in the graph.
      options: its options message, or None.
      inputs, outputs, side_inputs, side_outputs: the connections the graph makes.
      input_handler: name of the synchronization policy.
      handler_options: what the graph sets for the policy.
      crossing: how the node moves what passes it between memories, such as "GPU to CPU"; "" if it does not.
      required_services: graph services without which this node cannot run, though its class can (see
        `require_service`).
    """

    name: str
    options: Any = None
    inputs: list[Connection] = field(default_factory=list)
    outputs: list[Connection] = field(default_factory=list)
    side_inputs: list[Connection] = field(default_factory=list)
    side_outputs: list[Connection] = field(default_factory=list)
    input_handler: str = "DefaultInputStreamHandler"
    handler_options: Any = None
    required_services: list[Any] = field(default_factory=list)
    crossing: str = ""
    _places: dict[int, dict[tuple[str, int], Connection]] = field(default_factory=dict, repr=False)

    def require_service(self, service: Any) -> None:
        """Says that this node cannot do without a graph service that its class declares as optional."""
        self.required_services.append(service)

    def input_type(self, tag: str, index: int = 0) -> type:
        """Type of what arrives at an input; `object` if it is unknown or the input is not connected."""
        connection = self._connection(self.inputs, tag, index)
        return object if connection is None else connection.type

    def set_output_type(self, tag: str, index: int, type: type) -> None:
        """Narrows the type of a generic output, e.g. to that of the input it passes on."""
        connection = self._connection(self.outputs, tag, index)
        if connection is not None:
            connection.type = type

    def _connection(self, connections: list[Connection], tag: str, index: int) -> Connection | None:
        """The connection of a port, from a table: a node may have thousands."""
        table = self._places.get(id(connections), {})
        if len(table) != len(connections):
            table = self._places[id(connections)] = {(c.entry.tag, c.entry.index): c for c in connections}
        return table.get((tag, index))

    def connections(self, kind: type[Port[Any]]) -> list[Connection]:
        """The connections to ports of one kind (`Input`, `Output`, `SideInput` or `SideOutput`)."""
        return {
            Input: self.inputs,
            Output: self.outputs,
            SideInput: self.side_inputs,
            SideOutput: self.side_outputs,
        }[kind]
