"""Feeds a graph step by step, for the tests of input stream handlers."""

from attention_mesh.framework import Calculator, CalculatorGraph, Input, Output, calculator
from attention_mesh.tests.framework import sample_calculators  # noqa: F401  (registers them)


def graph_of(node: str, inputs: int = 2) -> str:
    names = [f'input_stream: "{name}"' for name in "abc"[:inputs]]
    return "\n".join([*names, 'output_stream: "out"', f"node {{ {node} }}"])


TUPLE = """calculator: "SampleTupleCalculator" input_stream: "IN:0:a" input_stream: "IN:1:b"
           output_stream: "OUT:out" """


class Steps:
    """A graph on the caller's thread, fed step by step. `come` has the packets since it was last read."""

    def __init__(self, config: str, stream: str = "out", bounds: bool = False):
        self.graph = CalculatorGraph(config, scheduler="caller")
        self._received: list = []
        self.graph.observe_output_stream(
            stream, lambda packet: self._received.append((packet.timestamp, packet.value)), bounds
        )
        self.graph.start_run()

    def add(self, stream: str, timestamp: int, value=None) -> list:
        self.graph.add_packet(stream, value, timestamp)
        return self.come()

    def bound(self, stream: str, timestamp: int) -> list:
        self.graph.set_input_stream_bound(stream, timestamp)
        return self.come()

    def end(self) -> list:
        self.graph.close_all_packet_sources()
        self.graph.wait_until_done()
        return self.come()

    def come(self) -> list:
        if self.graph.is_running:
            self.graph.wait_until_idle()
        received, self._received[:] = list(self._received), []
        return received


TOGETHER = 'calculator: "TogetherCalculator" input_stream: "a" input_stream: "b" output_stream: "OUT:out"'


@calculator
class TogetherCalculator(Calculator):
    """Sends its timestamp and the values that came together at it, at timestamps 0, 1, …"""

    entries = Input("", object, repeated=True)
    result = Output("OUT")

    def open(self):
        self.count = 0

    def process(self):
        self.result.send((self.timestamp, [port.value for port in self.entries]), self.count)
        self.count += 1
