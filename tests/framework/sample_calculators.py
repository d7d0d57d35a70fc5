"""Small calculators for the engine's tests."""

import threading
import time
from dataclasses import dataclass

from attention_mesh.framework import STOP, Calculator, Input, Output, SideInput, SideOutput, calculator


@calculator
class SamplePassCalculator(Calculator):
    """Sends its input on, and lets bounds through."""

    entry = Input("")
    result = Output("")
    timestamp_offset = 0

    def process(self):
        if not self.entry.is_empty:
            self.result.send(self.entry.value)


@calculator
class SamplePlainPassCalculator(Calculator):
    """Sends its input on; promises nothing about bounds."""

    entry = Input("")
    result = Output("")

    def process(self):
        self.result.send(self.entry.value)


@calculator
class SampleScaleCalculator(Calculator):
    """Multiplies ints, then adds."""

    entry = Input("IN", int)
    result = Output("OUT", int)
    timestamp_offset = 0

    @dataclass
    class Options:
        factor: int = 1
        summand: int = 0
        label: str = "plain"
        ratio: float = 0.5
        enabled: bool = True
        names: list[str] = ()

    def process(self):
        self.result.send(self.entry.value * self.options.factor + self.options.summand)


@calculator
class SampleTextCalculator(Calculator):
    """Sends a str on."""

    entry = Input("IN", str)
    result = Output("OUT", str)

    def process(self):
        self.result.send(self.entry.value)


@calculator
class SampleDelayCalculator(Calculator):
    """Sends each packet `by` µs later; with `by` 10 its offset is declared."""

    entry = Input("")
    result = Output("")

    @dataclass
    class Options:
        by: int = 10

    def process(self):
        self.result.send(self.entry.value, self.timestamp + self.options.by)


@calculator
class SampleDelayByTenCalculator(Calculator):
    """Sends each packet 10 µs later, and declares so."""

    entry = Input("")
    result = Output("")
    timestamp_offset = 10

    def process(self):
        if not self.entry.is_empty:
            self.result.send(self.entry.value, self.timestamp + 10)


@calculator
class SampleDropCalculator(Calculator):
    """Drops the packets whose value is divisible by `modulus`; may set the bound where it drops."""

    entry = Input("", int)
    result = Output("", int)

    @dataclass
    class Options:
        modulus: int = 2
        set_bound: bool = False

    def process(self):
        if self.entry.value % self.options.modulus:
            self.result.send(self.entry.value)
        elif self.options.set_bound:
            self.result.set_bound(self.timestamp + 1)


@calculator
class SampleOffsetDropCalculator(Calculator):
    """As SampleDropCalculator, with the bounds declared."""

    entry = Input("", int)
    result = Output("", int)
    timestamp_offset = 0

    @dataclass
    class Options:
        modulus: int = 2

    def process(self):
        if not self.entry.is_empty and self.entry.value % self.options.modulus:
            self.result.send(self.entry.value)


@calculator
class SampleDoubleCalculator(Calculator):
    """For a packet at t sends one at 2t and one at 2t + 1."""

    entry = Input("", int)
    result = Output("", int)

    def process(self):
        self.result.send(self.entry.value, 2 * self.timestamp)
        self.result.send(self.entry.value + 1, 2 * self.timestamp + 1)


@calculator
class SampleMergeCalculator(Calculator):
    """Sends a number made of the ints of its inputs at a timestamp."""

    entries = Input("", int, repeated=True)
    result = Output("OUT", int)

    def process(self):
        self.result.send(merged([None if port.is_empty else port.value for port in self.entries]))


@calculator
class SampleOffsetMergeCalculator(SampleMergeCalculator):
    """As SampleMergeCalculator, with the bounds declared."""

    timestamp_offset = 0


def merged(values: list) -> int:
    """One number of several, some of them None."""
    result = 7
    for value in values:
        result = (result * 31 + (0 if value is None else value + 1)) % 1_000_003
    return result


@calculator
class SampleTupleCalculator(Calculator):
    """Sends the tuple of its inputs' values at a timestamp, None for an empty input."""

    entries = Input("IN", object, repeated=True)
    result = Output("OUT", tuple)

    def process(self):
        self.result.send(tuple(port.value for port in self.entries))


@calculator
class SampleImmediateCalculator(SampleTupleCalculator):
    """As SampleTupleCalculator, without waiting, at timestamps 0, 1, …"""

    input_handler = "ImmediateInputStreamHandler"

    def open(self):
        self.count = 0

    def process(self):
        self.result.send((self.timestamp, *(port.value for port in self.entries)), self.count)
        self.count += 1


@calculator
class SampleCountSourceCalculator(Calculator):
    """A source: the numbers 0, 1, … at timestamps 0, step, 2 step, …"""

    result = Output("", int)

    @dataclass
    class Options:
        count: int = 5
        step: int = 1

    def open(self):
        self.number = 0

    def process(self):
        if self.number == self.options.count:
            return STOP
        self.result.send(self.number, self.number * self.options.step)
        self.number += 1


@calculator
class SampleTableCalculator(Calculator):
    """Makes a side packet, from another if there is one."""

    base = SideInput("BASE", int, optional=True)
    table = SideOutput("TABLE", int)

    def open(self):
        self.table.set((self.base.value or 0) + 1)


@calculator
class SampleSideAddCalculator(Calculator):
    """Adds a side packet to its input."""

    entry = Input("", int)
    result = Output("", int)
    summand = SideInput("SUMMAND", int)

    def process(self):
        self.result.send(self.entry.value + self.summand.value)


@calculator
class SampleOptionalCalculator(Calculator):
    """Sends which of its inputs are connected."""

    entry = Input("IN")
    mask = Input("MASK", object, optional=True)
    parts = Input("PART", object, optional=True, repeated=True)
    limit = SideInput("LIMIT", float, optional=True)
    result = Output("OUT", object)
    unread = Output("UNREAD", object)

    def process(self):
        self.unread.send("nobody reads this")
        values = (self.entry.value, self.mask.value, [port.value for port in self.parts], self.limit.value)
        self.result.send((values, self.mask.connected, self.limit.connected, self.mask.is_empty))


@calculator
class SampleSleepCalculator(Calculator):
    """Sends its input on after `ms` milliseconds."""

    entry = Input("")
    result = Output("")

    @dataclass
    class Options:
        ms: float = 1.0

    def process(self):
        time.sleep(self.options.ms / 1e3)
        self.result.send(self.entry.value)


class Gate:
    """Holds the nodes of SampleGateCalculator: a test sees that one has come, and lets it go on."""

    def __init__(self):
        self.reached = threading.Event()
        self.go = threading.Event()


@calculator
class SampleGateCalculator(Calculator):
    """Sends its input on as soon as its side packet, a `Gate`, lets it."""

    entry = Input("")
    result = Output("")
    gate = SideInput("GATE", Gate)

    def process(self):
        self.gate.value.reached.set()
        if not self.gate.value.go.wait(30):
            raise TimeoutError("the test did not let the node go on")
        self.result.send(self.entry.value)


@calculator
class SampleLogCalculator(Calculator):
    """Writes each of its calls into the list that is its side packet; its options name a call to fail."""

    entry = Input("", object, optional=True)
    result = Output("", object)
    log = SideInput("LOG", list)

    @dataclass
    class Options:
        fail_in: str = ""
        at: int = 0

    def open(self):
        self._note("open")

    def process(self):
        self._note("process")
        self.result.send(self.entry.value)

    def close(self):
        self._note("close")

    def _note(self, phase: str):
        self.log.value.append((self.name, phase))
        if self.options.fail_in == phase and (phase != "process" or self.timestamp == self.options.at):
            raise ValueError(f"{phase} went wrong")
