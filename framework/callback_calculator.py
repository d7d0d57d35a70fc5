"""The end of a stream that a program observes."""

from attention_mesh.framework.calculator_base import Calculator
from attention_mesh.framework.packet import Packet
from attention_mesh.framework.ports import Input


class CallbackCalculator(Calculator):
    """Hands every packet of a stream to a function, in the order of timestamps.

    The graph adds it behind each observed stream; it is not meant for a pbtxt.
    """

    observed = Input("")  # any type

    callback = None
    """Called with a Packet; with `value` None where only the bound moved and `process_bounds` is set."""

    def process(self) -> None:
        packet = self.observed.packet
        self.callback(Packet(None, self.timestamp) if packet is None else packet)
