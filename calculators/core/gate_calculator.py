"""Gate: the packets that a control lets through."""

from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.framework.node_contract import NodeContract


@calculator
class GateCalculator(Calculator):
    """Passes the packets of all data inputs, or drops them, as its control says.

    MediaPipe's node of this name. The control is one of: the stream ALLOW or DISALLOW (the packet of the same
    timestamp counts), the side packet ALLOW or DISALLOW (for the whole run), or, with neither, the option
    `allow`. If a control stream has no packet at a timestamp, the gate is closed there, or open with
    `empty_packets_as_allow`.

    Inputs: data of any type, any number; ALLOW, DISALLOW.
    Input side packets: ALLOW, DISALLOW.
    Outputs: one per data input, empty if the gate is closed or the input is empty; STATE_CHANGE (bool: open
      now) at timestamps at which the gate changed, at the first one only if `initial_gate_state` says what it
      changed from.
    Options: `allow`, `empty_packets_as_allow`, `initial_gate_state`.

    Example::

        node {
          calculator: "GateCalculator"
          input_stream: "image"
          input_stream: "DISALLOW:has_enough_faces"
          output_stream: "image_to_search"
          node_options {
            [type.googleapis.com/mediapipe.GateCalculatorOptions] { empty_packets_as_allow: true }
          }
        }
    """

    data = Input("", object, repeated=True)
    allow = Input("ALLOW", bool, optional=True)
    disallow = Input("DISALLOW", bool, optional=True)
    allow_run = SideInput("ALLOW", bool, optional=True)
    disallow_run = SideInput("DISALLOW", bool, optional=True)
    passed = Output("", object, repeated=True)  # type of the input of the same index
    state_change = Output("STATE_CHANGE", bool)
    timestamp_offset = 0

    Options = "mediapipe.GateCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        controls = [
            f"{what} {connection.entry.tag}"
            for what, connections in (("stream", node.inputs), ("side packet", node.side_inputs))
            for connection in connections
            if connection.entry.tag in ("ALLOW", "DISALLOW")
        ]
        if len(controls) > 1:
            raise ValueError(f"it is controlled by {' and '.join(controls)}; expected one control")
        data = [connection for connection in node.inputs if not connection.entry.tag]
        outputs = [connection for connection in node.outputs if not connection.entry.tag]
        if len(data) != len(outputs):
            raise ValueError(f"{len(data)} data inputs but {len(outputs)} outputs; expected as many")
        for index in range(len(data)):
            node.set_output_type("", index, node.input_type("", index))

    def open(self) -> None:
        known = {self.options.GATE_ALLOW: True, self.options.GATE_DISALLOW: False}
        self._is_open = known.get(self.options.initial_gate_state)
        self._pairs = list(zip(self.data, self.passed, strict=True))
        self._empty_as_allow = self.options.empty_packets_as_allow
        self._constant = None
        if self.allow_run.connected:
            self._constant = bool(self.allow_run.value)
        elif self.disallow_run.connected:
            self._constant = not self.disallow_run.value
        elif not self.allow.connected and not self.disallow.connected:
            self._constant = self.options.allow
        if self._constant is False and (self.allow_run.connected or self.disallow_run.connected):
            # Nothing will ever pass: nodes behind the outputs need not wait.
            for output in self.passed:
                output.close()

    def process(self) -> None:
        is_open = self._constant
        if is_open is None:
            if not self.allow.is_empty:
                is_open = self.allow.value
            elif not self.disallow.is_empty:
                is_open = not self.disallow.value
            else:
                is_open = self._empty_as_allow
        if self._is_open is not None and self._is_open != is_open:
            self.state_change.send(bool(is_open))
        self._is_open = is_open
        if is_open:
            for port, output in self._pairs:
                if not port.is_empty:
                    output.send(port.value)
