"""Random graphs with what must come out of them, worked out without the engine."""

from dataclasses import dataclass, field

from hypothesis import strategies as st

from attention_mesh.tests.framework.sample_calculators import merged

Stream = dict[int, int]
"""timestamp → value, in order."""


@dataclass
class RandomGraph:
    """A graph's text, what to feed it, and every stream that must come of it.

    Attributes:
      feeds: ("add", input, timestamp, value) or ("bound", input, timestamp) in the order of feeding.
    """

    text: str
    feeds: list[tuple]
    expected: dict[str, Stream]
    kinds: list[str] = field(default_factory=list)


def _map(stream: Stream, change) -> Stream:
    return {t: change(v) for t, v in stream.items()}


def _merge(streams: list[Stream]) -> Stream:
    return {t: merged([s.get(t) for s in streams]) for t in sorted(set().union(*streams))}


def _loop(main: Stream, modulus: int) -> tuple[Stream, Stream, Stream]:
    """PREV, the merge of MAIN and PREV, and what of it is not dropped and goes back to LOOP."""
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


def _node(calculator: str, inputs: list[str], output: str, options: str = "", executor: str = "") -> str:
    kind = f"attention_mesh.{calculator}Options"
    lines = [f'  calculator: "{calculator}"', *(f'  input_stream: "{name}"' for name in inputs)]
    lines.append(f'  output_stream: "{output}"')
    if options:
        lines.append(f"  node_options {{ [type.googleapis.com/{kind}] {{ {options} }} }}")
    if executor:
        lines.append(f'  executor: "{executor}"')
    return "\n".join(["node {", *lines, "}"])


@st.composite
def random_graphs(draw, max_nodes: int = 8, max_packets: int = 12) -> RandomGraph:
    """Graphs of pass, delay, drop, double and merge nodes, sources and loops, with packets and bounds."""
    streams: dict[str, Stream] = {}
    nodes: list[str] = []
    kinds: list[str] = []
    feeds: list[tuple] = []
    executor = st.sampled_from(["", "", "", "other", "app"])
    inputs = [f"in{index}" for index in range(draw(st.integers(1, 3)))]
    for name in inputs:
        times = sorted(draw(st.sets(st.integers(0, 30), max_size=max_packets)))
        streams[name] = {t: draw(st.integers(0, 99)) for t in times}
    clock = dict.fromkeys(inputs, 0)
    pending = {name: list(streams[name].items()) for name in inputs}
    while any(pending.values()):
        name = draw(st.sampled_from([name for name in inputs if pending[name]]))
        t, value = pending[name].pop(0)
        if t > clock[name] and draw(st.booleans()):
            feeds.append(("bound", name, draw(st.integers(clock[name], t))))
        feeds.append(("add", name, t, value))
        clock[name] = t + 1
        if draw(st.integers(0, 5)) == 0:
            feeds.append(("idle",))
    for index in range(draw(st.integers(1, max_nodes))):
        out = f"s{index}"
        source = draw(st.sampled_from(sorted(streams)))
        stream = streams[source]
        kind = draw(
            st.sampled_from(["pass", "delay", "drop", "double", "merge", "merge", "loop", "loop", "source"])
        )
        kinds.append(kind)
        where = draw(executor)
        if kind == "pass":
            name = draw(st.sampled_from(["SamplePassCalculator", "SamplePlainPassCalculator"]))
            nodes.append(_node(name, [source], out, executor=where))
            streams[out] = dict(stream)
        elif kind == "delay":
            if draw(st.booleans()):
                nodes.append(_node("SampleDelayByTenCalculator", [source], out, executor=where))
                streams[out] = {t + 10: v for t, v in stream.items()}
            else:
                by = draw(st.integers(0, 7))
                nodes.append(_node("SampleDelayCalculator", [source], out, f"by: {by}", where))
                streams[out] = {t + by: v for t, v in stream.items()}
        elif kind == "drop":
            modulus = draw(st.integers(1, 4))
            if draw(st.booleans()):
                nodes.append(_node("SampleOffsetDropCalculator", [source], out, f"modulus: {modulus}", where))
            else:
                options = f"modulus: {modulus} set_bound: {str(draw(st.booleans())).lower()}"
                nodes.append(_node("SampleDropCalculator", [source], out, options, where))
            streams[out] = {t: v for t, v in stream.items() if v % modulus}
        elif kind == "double":
            nodes.append(_node("SampleDoubleCalculator", [source], out, executor=where))
            streams[out] = {2 * t + i: v + i for t, v in stream.items() for i in (0, 1)}
        elif kind == "merge":
            others = draw(st.lists(st.sampled_from(sorted(streams)), min_size=1, max_size=2))
            name = draw(st.sampled_from(["SampleMergeCalculator", "SampleOffsetMergeCalculator"]))
            nodes.append(_node(name, [source, *others], f"OUT:{out}", executor=where))
            streams[out] = _merge([streams[name] for name in [source, *others]])
        elif kind == "source":
            count, step = draw(st.integers(0, 9)), draw(st.integers(1, 6))
            options = f"count: {count} step: {step}"
            nodes.append(_node("SampleCountSourceCalculator", [], out, options, where))
            streams[out] = {number * step: number for number in range(count)}
        else:
            modulus = draw(st.integers(2, 4))
            loopback = _node(
                "SampleLoopbackCalculator", [f"MAIN:{source}", f"LOOP:{out}"], f"PREV:{out}_prev", "", where
            )
            back_edge = '  input_stream_info { tag_index: "LOOP" back_edge: true }\n}'
            nodes.append(loopback[:-1] + back_edge)
            nodes.append(
                _node("SampleMergeCalculator", [source, f"{out}_prev"], f"OUT:{out}_join", "", draw(executor))
            )
            nodes.append(
                _node(
                    "SampleOffsetDropCalculator", [f"{out}_join"], out, f"modulus: {modulus}", draw(executor)
                )
            )
            streams[f"{out}_prev"], streams[f"{out}_join"], streams[out] = _loop(stream, modulus)
    queue_size = draw(st.sampled_from([1, 1, 2, 5, 100]))
    head = [f'input_stream: "{name}"' for name in inputs]
    head += ['executor { name: "other" type: "ThreadPoolExecutor" }']
    head += ['executor { name: "app" type: "ApplicationThreadExecutor" }', f"max_queue_size: {queue_size}"]
    return RandomGraph("\n".join([*head, *draw(st.permutations(nodes))]), feeds, streams, kinds)
