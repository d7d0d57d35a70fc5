"""Streams and side packets under other names."""

from typing import Any

from attention_mesh.framework import (
    ANY_TAG,
    STOP,
    Calculator,
    Input,
    Output,
    SideInput,
    SideOutput,
    calculator,
)
from attention_mesh.framework.node_contract import NodeContract


@calculator
class PassThroughCalculator(Calculator):
    """Sends every input packet on, unchanged and at its timestamp, through the output of the same place.

    MediaPipe's node of this name. It passes side packets on too. Inputs and outputs pair up by tag and index.

    Inputs: any number, of any type.
    Input side packets: any number, of any type.
    Outputs: one per input, empty if the input is.
    Output side packets: one per input side packet.

    Example::

        node {
          calculator: "PassThroughCalculator"
          input_stream: "image"
          input_stream: "detections"
          output_stream: "same_image"
          output_stream: "same_detections"
        }
    """

    inputs = Input(ANY_TAG, object, optional=True)
    outputs = Output(ANY_TAG, object)  # type of the input of the same tag and index
    side_inputs = SideInput(ANY_TAG, object, optional=True)
    side_outputs = SideOutput(ANY_TAG, object)
    timestamp_offset = 0

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        for what, ins, outs in (
            ("streams", node.inputs, node.outputs),
            ("side packets", node.side_inputs, node.side_outputs),
        ):
            given, wanted = ({c.entry.port for c in connections} for connections in (ins, outs))
            if given != wanted:
                raise ValueError(
                    f"Input and output {what} to PassThroughCalculator must use matching tags and indexes: "
                    f"the inputs are {_listed(given)}, the outputs {_listed(wanted)}"
                )
        for connection in node.inputs:
            tag, index = connection.entry.tag, connection.entry.index
            node.set_output_type(tag, index, node.input_type(tag, index))

    def open(self) -> None:
        for side_input, side_output in zip(self.side_inputs, self.side_outputs, strict=True):
            side_output.set(side_input.value)

    def process(self) -> Any:
        if not self.inputs:
            return STOP
        for port, output in zip(self.inputs, self.outputs, strict=True):
            if not port.is_empty:
                output.send(port.value)


def _listed(ports: set[str]) -> str:
    return ", ".join(f'"{port}"' for port in sorted(ports)) or "none"
