"""Placeholder for the operators of networks that MediaPipe's graphs name."""

from attention_mesh.framework import Calculator, SideOutput, calculator
from attention_mesh.framework.node_contract import NodeContract


@calculator
class TfLiteCustomOpResolverCalculator(Calculator):
    """Sends a value that inference nodes accept and do not need.

    MediaPipe's node of this name. In MediaPipe it registers MediaPipe's own operators with the runtime. Here
    a network that has them is rewritten to built-in ones when it is loaded.

    Output side packets: OP_RESOLVER, or one without a tag.
    Options: `use_gpu`, which chooses kernels in MediaPipe and has no effect here.

    Example::

        node {
          calculator: "TfLiteCustomOpResolverCalculator"
          output_side_packet: "OP_RESOLVER:op_resolver"
        }
    """

    resolver = SideOutput("OP_RESOLVER", str)
    untagged = SideOutput("", str)

    Options = "mediapipe.TfLiteCustomOpResolverCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        if len(node.side_outputs) != 1:
            raise ValueError("expected one output side packet, OP_RESOLVER or one without a tag")

    def open(self) -> None:
        (self.resolver if self.resolver.connected else self.untagged).set("built-in operators")
