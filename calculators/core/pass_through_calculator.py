"""Streams and side packets → the same under other names."""

from attention_mesh.framework import Calculator, Input, Output, SideInput, SideOutput, calculator


@calculator
class PassThroughCalculator(Calculator):
    """Sends every input packet on, unchanged and at its timestamp, through the output of the same place.

    MediaPipe's node of this name. Also hands side packets on. Inputs and outputs pair up by index.

    Inputs: any number, of any type. Outputs: one an input, empty where the input is.

    Example::

        node {
          calculator: "PassThroughCalculator"
          input_stream: "image"
          input_stream: "detections"
          output_stream: "same_image"
          output_stream: "same_detections"
        }
    """

    inputs = Input("", object, repeated=True, optional=True)
    outputs = Output("", object, repeated=True)  # type of the input of the same index
    side_inputs = SideInput("", object, repeated=True, optional=True)
    side_outputs = SideOutput("", object, repeated=True)
    timestamp_offset = 0

    @classmethod
    def contract(cls, node) -> None:
        for what, ins, outs in (
            ("streams", node.inputs, node.outputs),
            ("side packets", node.side_inputs, node.side_outputs),
        ):
            if len(ins) != len(outs):
                raise ValueError(f"{len(ins)} input {what} but {len(outs)} output {what}; expected as many")
        for index in range(len(node.inputs)):
            node.set_output_type("", index, node.input_type("", index))

    def open(self) -> None:
        for side_input, side_output in zip(self.side_inputs, self.side_outputs, strict=True):
            side_output.set(side_input.value)

    def process(self) -> None:
        for port, output in zip(self.inputs, self.outputs, strict=True):
            if not port.is_empty:
                output.send(port.value)
