"""Default for a side packet that may be missing."""

from attention_mesh.framework import Calculator, SideInput, SideOutput, calculator
from attention_mesh.framework.node_contract import NodeContract


@calculator
class DefaultSidePacketCalculator(Calculator):
    """Passes a side packet on, or a default if the graph around does not give it.

    MediaPipe's node of this name. If the node around a subgraph leaves a side packet out, the subgraph's
    nodes lose it too; this node then sees that OPTIONAL_VALUE is not connected.

    Input side packets: OPTIONAL_VALUE and DEFAULT_VALUE, of any type, both of the same.
    Output side packets: VALUE.

    Example::

        node {
          calculator: "DefaultSidePacketCalculator"
          input_side_packet: "OPTIONAL_VALUE:num_faces"
          input_side_packet: "DEFAULT_VALUE:default_num_faces"
          output_side_packet: "VALUE:num_faces_to_find"
        }
    """

    optional_value = SideInput("OPTIONAL_VALUE", object, optional=True)
    default_value = SideInput("DEFAULT_VALUE", object)
    value = SideOutput("VALUE", object)  # type of DEFAULT_VALUE

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        default = next(c.type for c in node.side_inputs if c.entry.tag == "DEFAULT_VALUE")
        for output in node.side_outputs:
            output.type = default

    def open(self) -> None:
        given = self.optional_value if self.optional_value.connected else self.default_value
        self.value.set(given.value)
