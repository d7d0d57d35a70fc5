"""Demux: the packets of a stream sent to several outputs in turn."""

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract


@calculator
class RoundRobinDemuxCalculator(Calculator):
    """Deals packets out to its outputs in turn, so that slow nodes behind them share the work.

    MediaPipe's node of this name; a MuxCalculator with the same SELECT restores the order of the results.

    Inputs: one, of any type.
    Outputs: OUTPUT:0, OUTPUT:1 …; SELECT (int): the output that got the packet.

    Example::

        node {
          calculator: "RoundRobinDemuxCalculator"
          input_stream: "image"
          output_stream: "OUTPUT:0:image_of_one_worker"
          output_stream: "OUTPUT:1:image_of_another_worker"
          output_stream: "SELECT:worker"
        }
    """

    data = Input("", object)
    outputs = Output("OUTPUT", object, repeated=True)  # the input's type
    select = Output("SELECT", int)

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        outputs = [connection for connection in node.outputs if connection.entry.tag == "OUTPUT"]
        if not outputs:
            raise ValueError("it has no output OUTPUT; expected one or more")
        for index in range(len(outputs)):
            node.set_output_type("OUTPUT", index, node.input_type(""))

    def open(self) -> None:
        self._next = 0

    def process(self) -> None:
        self.outputs[self._next].send(self.data.value)
        self.select.send(self._next)
        self._next = (self._next + 1) % len(self.outputs)
