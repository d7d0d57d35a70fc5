"""ValidatedNode: what the engine knows of a node of a validated graph."""

from dataclasses import dataclass, field

from attention_mesh.framework.calculator_base import Calculator
from attention_mesh.framework.node_contract import NodeContract


@dataclass
class ValidatedNode(NodeContract):
    """A node's contract, and what its calculator has no say in.

    Attributes:
      calculator: the node's class.
      executor: name of the executor, "" for the default.
      source_layer: sources of a higher layer wait until those of the lower layers are closed.
    """

    calculator: type[Calculator] = field(kw_only=True)
    executor: str = field(default="", kw_only=True)
    source_layer: int = field(default=0, kw_only=True)

    @property
    def label(self) -> str:
        """How errors call the node."""
        class_name = self.calculator.__name__
        return f'node "{self.name}"' if self.name == class_name else f'node "{self.name}" ({class_name})'
