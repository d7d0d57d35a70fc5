"""Side packets with values from the graph's text."""

from typing import TYPE_CHECKING

from attention_mesh.framework import Calculator, SideOutput, calculator
from attention_mesh.framework.node_contract import NodeContract

if TYPE_CHECKING:
    from attention_mesh.calculators.proto.constant_side_packet_calculator_pb2 import (
        ConstantSidePacketCalculatorOptions,
    )


@calculator
class ConstantSidePacketCalculator(Calculator):
    """Makes side packets from values written in the options.

    MediaPipe's node of this name. Numbers, bool and string become plain Python values, a vector of strings
    becomes a list of str. Classification and landmark lists, matrix data and a time series header stay
    messages.

    Output side packets: PACKET, one per entry of `packet`, in order.
    Options: `packet`, the values.

    Example::

        node {
          calculator: "ConstantSidePacketCalculator"
          output_side_packet: "PACKET:0:use_prev_landmarks"
          output_side_packet: "PACKET:1:num_faces"
          node_options {
            [type.googleapis.com/mediapipe.ConstantSidePacketCalculatorOptions] {
              packet { bool_value: true }
              packet { int_value: 2 }
            }
          }
        }
    """

    packets = SideOutput("PACKET", object, repeated=True)

    Options = "mediapipe.ConstantSidePacketCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        if len(node.side_outputs) != len(node.options.packet):
            raise ValueError(
                f"{len(node.side_outputs)} output side packets but {len(node.options.packet)} packet options"
                "; expected as many"
            )
        for index, (output, packet) in enumerate(zip(node.side_outputs, node.options.packet, strict=True)):
            field = packet.WhichOneof("value")
            if field is None:
                raise ValueError(f"packet option {index} holds no value")
            output.type = type(_value_of(packet))

    def open(self) -> None:
        for output, packet in zip(self.packets, self.options.packet, strict=True):
            output.set(_value_of(packet))


def _value_of(packet: "ConstantSidePacketCalculatorOptions.ConstantSidePacket") -> object:
    """What one `packet` of the options stands for."""
    field = packet.WhichOneof("value")
    return (
        list(packet.string_vector_value.string_value)
        if field == "string_vector_value"
        else getattr(packet, field)
    )
