"""Random graphs with the packets that they must send, computed without the engine."""

import random
from dataclasses import dataclass, field

from attention_mesh.tests.framework.sample_calculators import merged

Stream = dict[int, int]
"""Timestamp → value, in order."""
_KINDS = [
    "pass",
    "delay",
    "drop",
    "double",
    "merge",
    "merge",
    "loop",
    "loop",
    "source",
    "choice",
    "pair",
    "flow",
]


@dataclass
class RandomGraph:
    """A graph's text, its inputs, and every stream that it must send.

    Attributes:
      feeds: ("add", input, timestamp, value), ("bound", input, timestamp) or ("idle",), in order.
      expected: name → stream.
    """

    text: str
    feeds: list[tuple]
    expected: dict[str, Stream]
    kinds: list[str] = field(default_factory=list)


def random_graph(seed: int, max_nodes: int = 10, max_packets: int = 12) -> RandomGraph:
    """A graph of pass, delay, drop, double, merge, choice and pair nodes, sources, loops and flow limiters.

    Random too: packets and bounds of its inputs, when the program waits, queue sizes, executors, and the
    order in which the nodes are written. The same seed gives the same graph.
    """
    return _Builder(random.Random(seed)).build(max_nodes, max_packets)


def _map(stream: Stream, change) -> Stream:
    return {t: change(v) for t, v in stream.items()}


def _merge(streams: list[Stream]) -> Stream:
    return {t: merged([s.get(t) for s in streams]) for t in sorted(set().union(*streams))}


def _loop(main: Stream, modulus: int) -> tuple[Stream, Stream, Stream]:
    """PREV, the merge of MAIN and PREV, and the part of it that goes back to LOOP."""
    previous, joined, back = {}, {}, {}
    before = None
    for t, value in main.items():
        if before in back:
            previous[t] = back[before]
        joined[t] = merged([value, previous.get(t)])
        if joined[t] % modulus:
            back[t] = joined[t]
        before = t
    return previous, joined, back


def _choice(control: Stream, data: list[Stream]) -> Stream:
    """The control and the packet of the data stream that it selects, for each control packet."""
    return {
        t: merged([number, *(data[i].get(t) if i == number else None for i in range(len(data)))])
        for t, number in control.items()
    }


class _Builder:
    def __init__(self, rng: random.Random):
        self.rng = rng
        self.streams: dict[str, Stream] = {}
        self.nodes: list[str] = []
        self.kinds: list[str] = []

    def build(self, max_nodes: int, max_packets: int) -> RandomGraph:
        rng = self.rng
        inputs = [f"in{index}" for index in range(rng.randint(1, 3))]
        for name in inputs:
            times = sorted(rng.sample(range(31), rng.randint(0, max_packets)))
            self.streams[name] = {t: rng.randint(0, 99) for t in times}
        feeds = self._feeds(inputs)
        for index in range(rng.randint(1, max_nodes)):
            kind = rng.choice(_KINDS)
            self.kinds.append(kind)
            getattr(self, f"_add_{kind}")(f"s{index}", self._any())
        head = [f'input_stream: "{name}"' for name in inputs]
        head += ['executor { name: "other" type: "ThreadPoolExecutor" }']
        head += ['executor { name: "app" type: "ApplicationThreadExecutor" }']
        head += [f"max_queue_size: {rng.choice([1, 1, 2, 5, 100])}"]
        rng.shuffle(self.nodes)
        return RandomGraph("\n".join([*head, *self.nodes]), feeds, self.streams, self.kinds)

    def _feeds(self, inputs: list[str]) -> list[tuple]:
        rng = self.rng
        feeds: list[tuple] = []
        clock = dict.fromkeys(inputs, 0)
        pending = {name: list(self.streams[name].items()) for name in inputs}
        while any(pending.values()):
            name = rng.choice([name for name in inputs if pending[name]])
            t, value = pending[name].pop(0)
            if t > clock[name] and rng.randrange(2):
                feeds.append(("bound", name, rng.randint(clock[name], t)))
            feeds.append(("add", name, t, value))
            clock[name] = t + 1
            if rng.randrange(6) == 0:
                feeds.append(("idle",))
        return feeds

    def _any(self) -> str:
        return self.rng.choice(sorted(self.streams))

    def _node(
        self, calculator: str, inputs: list[str], output: str, options: str = "", more: str = ""
    ) -> None:
        kind = f"attention_mesh.{calculator}Options"
        executor = self.rng.choice(["", "", "", "other", "app"])
        lines = [f'  calculator: "{calculator}"', *(f'  input_stream: "{name}"' for name in inputs)]
        lines.append(f'  output_stream: "{output}"')
        if options:
            lines.append(f"  node_options {{ [type.googleapis.com/{kind}] {{ {options} }} }}")
        if executor:
            lines.append(f'  executor: "{executor}"')
        if more:
            lines.append(f"  {more}")
        self.nodes.append("\n".join(["node {", *lines, "}"]))

    def _add_pass(self, out: str, source: str) -> None:
        calculator = self.rng.choice(["SamplePassCalculator", "SamplePlainPassCalculator"])
        self._node(calculator, [source], out)
        self.streams[out] = dict(self.streams[source])

    def _add_delay(self, out: str, source: str) -> None:
        by = self.rng.choice([10, self.rng.randint(0, 7)])
        if by == 10:
            self._node("SampleDelayByTenCalculator", [source], out)
        else:
            self._node("SampleDelayCalculator", [source], out, f"by: {by}")
        self.streams[out] = {t + by: v for t, v in self.streams[source].items()}

    def _add_drop(self, out: str, source: str) -> None:
        modulus = self.rng.randint(1, 4)
        if self.rng.randrange(2):
            self._node("SampleOffsetDropCalculator", [source], out, f"modulus: {modulus}")
        else:
            options = f"modulus: {modulus} set_bound: {self.rng.choice(['true', 'false'])}"
            self._node("SampleDropCalculator", [source], out, options)
        self.streams[out] = {t: v for t, v in self.streams[source].items() if v % modulus}

    def _add_double(self, out: str, source: str) -> None:
        self._node("SampleDoubleCalculator", [source], out)
        self.streams[out] = {2 * t + i: v + i for t, v in self.streams[source].items() for i in (0, 1)}

    def _add_merge(self, out: str, source: str) -> None:
        inputs = [source, *(self._any() for _ in range(self.rng.randint(1, 2)))]
        calculator = self.rng.choice(["SampleMergeCalculator", "SampleOffsetMergeCalculator"])
        self._node(calculator, inputs, f"OUT:{out}")
        self.streams[out] = _merge([self.streams[name] for name in inputs])

    def _add_source(self, out: str, _: str) -> None:
        count, step = self.rng.randint(0, 9), self.rng.randint(1, 6)
        self._node("SampleCountSourceCalculator", [], out, f"count: {count} step: {step}")
        self.streams[out] = {number * step: number for number in range(count)}

    def _add_choice(self, out: str, source: str) -> None:
        """A control made of one stream selects among others, as the Mux input stream handler does."""
        data = [self._any() for _ in range(self.rng.randint(1, 3))]
        control = f"{out}_control"
        self._node("SampleRemainderCalculator", [source], control, f"modulus: {len(data)}")
        self._node("SampleChoiceCalculator", [*data, f"SELECT:{control}"], f"OUT:{out}")
        self.streams[control] = _map(self.streams[source], lambda value: value % len(data))
        self.streams[out] = _choice(self.streams[control], [self.streams[name] for name in data])

    def _add_pair(self, out: str, source: str) -> None:
        """Streams paired by order, as the Barrier input stream handler does."""
        inputs = [source, self._any()]
        self._node("SamplePairCalculator", inputs, f"OUT:{out}")
        rows = zip(*(self.streams[name].values() for name in inputs), strict=False)
        self.streams[out] = {index: merged(list(row)) for index, row in enumerate(rows)}

    def _add_loop(self, out: str, source: str) -> None:
        """The output goes back to the next timestamp, unless it is dropped."""
        modulus = self.rng.randint(2, 4)
        previous, joined = f"{out}_prev", f"{out}_join"
        back_edge = 'input_stream_info { tag_index: "LOOP" back_edge: true }'
        self._node(
            "SampleLoopbackCalculator", [f"MAIN:{source}", f"LOOP:{out}"], f"PREV:{previous}", more=back_edge
        )
        self._node("SampleMergeCalculator", [source, previous], f"OUT:{joined}")
        self._node("SampleOffsetDropCalculator", [joined], out, f"modulus: {modulus}")
        found = _loop(self.streams[source], modulus)
        self.streams[previous], self.streams[joined], self.streams[out] = found

    def _add_flow(self, out: str, source: str) -> None:
        """One packet at a time in a chain whose end lets the next one in; bounds report dropped packets."""
        modulus, length = self.rng.randint(1, 4), self.rng.randint(0, 3)
        names = [f"{out}_flow{index}" for index in range(length + 1)]
        back_edge = 'input_stream_info { tag_index: "FINISHED" back_edge: true }'
        self._node("SampleFlowCalculator", [source, f"FINISHED:{out}"], names[0], more=back_edge)
        for name, following in zip(names, names[1:], strict=False):
            self._node("SamplePassCalculator", [name], following)
        self._node("SampleOffsetDropCalculator", [names[-1]], out, f"modulus: {modulus}")
        for name in names:
            self.streams[name] = dict(self.streams[source])
        self.streams[out] = {t: v for t, v in self.streams[source].items() if v % modulus}
