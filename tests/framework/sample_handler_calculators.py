"""Calculators for the engine's tests that depend on an input stream handler, or close a cycle."""

from collections import deque
from dataclasses import dataclass

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.timestamps import DONE
from attention_mesh.tests.framework.sample_calculators import merged


@calculator
class SampleRemainderCalculator(Calculator):
    """Sends the remainder of its input."""

    entry = Input("", int)
    result = Output("", int)
    timestamp_offset = 0

    @dataclass
    class Options:
        modulus: int = 2

    def process(self):
        self.result.send(self.entry.value % self.options.modulus)


@calculator
class SampleChoiceCalculator(Calculator):
    """Sends a number made of SELECT and of the packet of the input that it names, if there is one."""

    entries = Input("", int, repeated=True)
    select = Input("SELECT", int)
    result = Output("OUT", int)
    timestamp_offset = 0
    input_handler = "MuxInputStreamHandler"

    def process(self):
        self.result.send(merged([self.select.value, *(port.value for port in self.entries)]))


@calculator
class SamplePairCalculator(Calculator):
    """Sends, at timestamps 0, 1, …, numbers made of the first packets of its inputs, of the second, …"""

    entries = Input("", int, repeated=True)
    result = Output("OUT", int)
    input_handler = "BarrierInputStreamHandler"

    def open(self):
        self.count = 0

    def process(self):
        self.result.send(merged([port.value for port in self.entries]), self.count)
        self.count += 1


@calculator
class SampleFlowCalculator(Calculator):
    """Holds packets back until FINISHED has passed the one that was sent before."""

    entry = Input("")
    finished = Input("FINISHED")
    result = Output("")
    input_handler = "ImmediateInputStreamHandler"
    process_bounds = True

    def open(self):
        self.waiting = deque()
        self.under_way = None

    def process(self):
        if not self.entry.is_empty:
            self.waiting.append(self.entry.packet)
        if self.under_way is not None and self.finished.bound > self.under_way:
            self.under_way = None
        if self.waiting and self.under_way is None:
            packet = self.waiting.popleft()
            self.under_way = packet.timestamp
            self.result.send(packet.value, packet.timestamp)
        if not self.waiting:
            self.result.set_bound(self.entry.bound)


@calculator
class SampleLoopbackCalculator(Calculator):
    """With each MAIN packet, the LOOP packet of the MAIN timestamp before, if there was one."""

    main = Input("MAIN")
    loop = Input("LOOP")
    previous = Output("PREV", int)
    input_handler = "ImmediateInputStreamHandler"
    process_bounds = True

    def open(self):
        self.before = None
        self.waiting = deque()
        self.loops = {}

    def process(self):
        if not self.main.is_empty:
            self.waiting.append((self.main.packet.timestamp, self.before))
            self.before = self.main.packet.timestamp
        if not self.loop.is_empty:
            self.loops[self.loop.packet.timestamp] = self.loop.value
        settled = self.loop.bound
        while self.waiting:
            timestamp, wanted = self.waiting[0]
            if wanted is not None and wanted not in self.loops and settled <= wanted:
                return
            if wanted in self.loops:
                self.previous.send(self.loops.pop(wanted), timestamp)
            else:
                self.previous.set_bound(timestamp + 1)
            self.waiting.popleft()
        if self.main.bound == DONE:
            self.previous.close()
