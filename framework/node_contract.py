"""One node of a graph that is being validated: its class, options and typed connections."""

from dataclasses import dataclass, field
from typing import Any

from attention_mesh.framework.ports import Input, Output, SideInput, SideOutput
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
    port: Any
    type: type
    back_edge: bool = False


@dataclass
class NodeContract:
    """What `Calculator.contract` sees and may refine.

    Attributes:
      name: the node's name in the graph.
      calculator: its class.
      options: its options message, or None.
      inputs, outputs, side_inputs, side_outputs: the connections the graph makes.
      input_handler: name of the synchronisation policy; `handler_options` what the graph sets for it.
      executor: name of the executor, "" for the default.
    """

    name: str
    calculator: type
    options: Any = None
    inputs: list[Connection] = field(default_factory=list)
    outputs: list[Connection] = field(default_factory=list)
    side_inputs: list[Connection] = field(default_factory=list)
    side_outputs: list[Connection] = field(default_factory=list)
    input_handler: str = "DefaultInputStreamHandler"
    handler_options: Any = None
    executor: str = ""
    source_layer: int = 0

    @property
    def label(self) -> str:
        """How errors call the node."""
        cls = self.calculator.__name__
        return f'node "{self.name}"' if self.name == cls else f'node "{self.name}" ({cls})'

    def input_type(self, tag: str, index: int = 0) -> type:
        """Type of what arrives at an input; `object` where it is unknown or not connected."""
        return next((c.type for c in self.inputs if (c.entry.tag, c.entry.index) == (tag, index)), object)

    def set_output_type(self, tag: str, index: int, type: type) -> None:
        """Narrows the type of a generic output, e.g. to that of the input it passes on."""
        for connection in self.outputs:
            if (connection.entry.tag, connection.entry.index) == (tag, index):
                connection.type = type

    def connections(self, kind: type) -> list[Connection]:
        """The connections to ports of one kind (`Input`, `Output`, `SideInput` or `SideOutput`)."""
        return {
            Input: self.inputs,
            Output: self.outputs,
            SideInput: self.side_inputs,
            SideOutput: self.side_outputs,
        }[kind]
