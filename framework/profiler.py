"""Profiler: a histogram of times for each node, and a trace that Chrome and Perfetto open."""

import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from attention_mesh.framework.timestamps import UNSET

_PER_OCTAVE = 8
_BUCKETS = 40 * _PER_OCTAVE


@dataclass(frozen=True)
class NodeProfile:
    """One node's figures over a run.

    Attributes:
      name, calculator: which node.
      count: calls of `process`.
      total_ms: time in `process`, summed.
      mean_us, median_us, p95_us: per call. The percentiles come from a histogram with 8 buckets per octave,
        so that they are within 6 % of the true values.
      histogram: (lower edge in µs, calls) of the buckets that are not empty.
    """

    name: str
    calculator: str
    count: int
    total_ms: float
    mean_us: float
    median_us: float
    p95_us: float
    histogram: list[tuple[float, int]]


def profile_table(nodes: Iterable[NodeProfile]) -> str:
    """The figures as lines of text, the node with the most time first; nodes that never ran are left out.

    The columns are name, calls of `process`, median and 95th percentile of a call in microseconds, the sum
    in milliseconds, and the share of all nodes' time.
    """
    ran = sorted((node for node in nodes if node.count), key=lambda node: -node.total_ms)
    total = sum(node.total_ms for node in ran) or 1.0
    rows = [("node", "calls", "median µs", "p95 µs", "total ms", "share")]
    for node in ran:
        times = (f"{node.median_us:.1f}", f"{node.p95_us:.1f}", f"{node.total_ms:.1f}")
        rows.append((node.name, str(node.count), *times, f"{node.total_ms / total:.1%}"))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join([name.ljust(widths[0]), *map(str.rjust, cells, widths[1:])]) for name, *cells in rows
    )


class NodeStats:
    """Collects one node's calls. Only the thread that runs the node writes to it.

    The figures are those of `process`; the trace also has `open` and `close`.
    """

    def __init__(self, name: str, calculator: str, events: list | None):
        self.name = name
        self.calculator = calculator
        self.events = events
        self.count = 0
        self.total_ns = 0
        self.buckets = [0] * _BUCKETS

    def add(self, phase: str, start_ns: int, end_ns: int, timestamp: int) -> None:
        """Counts a call of "open", "process" or "close"; the timestamp is meaningful for "process" only."""
        duration = end_ns - start_ns
        if phase == "process":
            self.count += 1
            self.total_ns += duration
            self.buckets[_bucket(duration)] += 1
        if self.events is not None:
            self.events.append((self.name, phase, threading.get_native_id(), start_ns, duration, timestamp))

    def profile(self) -> NodeProfile:
        """The figures so far."""
        mean = self.total_ns / self.count / 1e3 if self.count else 0.0
        return NodeProfile(
            self.name,
            self.calculator,
            self.count,
            self.total_ns / 1e6,
            mean,
            self._percentile(0.5),
            self._percentile(0.95),
            [(_edge_us(index), calls) for index, calls in enumerate(self.buckets) if calls],
        )

    def _percentile(self, fraction: float) -> float:
        wanted, seen = fraction * self.count, 0
        for index, calls in enumerate(self.buckets):
            seen += calls
            if calls and seen >= wanted:
                return (_edge_us(index) * _edge_us(index + 1)) ** 0.5
        return 0.0


def _bucket(duration_ns: int) -> int:
    """Index of the histogram bucket: eight per octave, from 1 ns."""
    if duration_ns < _PER_OCTAVE:
        return 0
    octave = duration_ns.bit_length() - 1
    eighth = (duration_ns >> (octave - 3)) & 7
    return min(octave * _PER_OCTAVE + eighth, _BUCKETS - 1)


def _edge_us(index: int) -> float:
    octave, eighth = divmod(index, _PER_OCTAVE)
    return (2**octave) * (1 + eighth / _PER_OCTAVE) / 1e3


class Profiler:
    """Collects the statistics of all nodes of a graph; with `trace`, also every call as an event."""

    def __init__(self, trace: bool = False):
        self.events: list | None = [] if trace else None
        self.nodes: list[NodeStats] = []

    def watch(self, name: str, calculator: str) -> NodeStats:
        """The statistics of one more node."""
        stats = NodeStats(name, calculator, self.events)
        self.nodes.append(stats)
        return stats

    def profile(self) -> list[NodeProfile]:
        """Every node's figures, in the graph's order."""
        return [stats.profile() for stats in self.nodes]

    def write_chrome_trace(self, path: str | Path) -> None:
        """Writes the calls as Trace Event JSON, for chrome://tracing or ui.perfetto.dev."""
        events = [
            {
                "name": name,
                "cat": phase,
                "ph": "X",
                "ts": start / 1e3,
                "dur": duration / 1e3,
                "pid": 1,
                "tid": thread,
                # A source chooses the timestamps at which it sends.
                "args": {"timestamp_us": timestamp} if phase == "process" and timestamp != UNSET else {},
            }
            for name, phase, thread, start, duration, timestamp in self.events or ()
        ]
        Path(path).write_text(json.dumps({"traceEvents": events, "displayTimeUnit": "ms"}))
