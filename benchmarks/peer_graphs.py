"""Writes the graphs in mediapipe's library as text files to a folder.

    python peer_graphs.py FOLDER

This runs in mediapipe's environment, without starting mediapipe. The library holds each graph that it
registers as a subgraph in binary form, which ends with the graph's type. From every place that could be the
end of a graph, this takes the longest message that ends there. Each becomes FOLDER/<type in snake
case>.pbtxt.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import mediapipe
from google.protobuf import text_format
from google.protobuf.message import DecodeError
from mediapipe.framework import calculator_pb2

ROOT = Path(mediapipe.__file__).parent
# Field 20, `type`, of a graph: its tag, its length, its text.
TYPE = re.compile(rb"\xa2\x01([\x04-\x60])([A-Z]\w+)")
# A graph begins with its first node, after the end of the text before it.
START = b"\0\x0a"
LONGEST = 60_000


def parsed(data: bytes) -> calculator_pb2.CalculatorGraphConfig | None:
    """The graph that `data` encodes, or None if `data` is no whole graph."""
    try:
        graph = calculator_pb2.CalculatorGraphConfig.FromString(data)
    except DecodeError:
        return None
    whole = len(graph.SerializeToString()) == len(data)
    return graph if whole and graph.node and all(node.calculator for node in graph.node) else None


def graphs(library: bytes) -> Iterator[calculator_pb2.CalculatorGraphConfig]:
    """Yields all graphs in the library, in their order."""
    for match in TYPE.finditer(library):
        end = match.start() + 3 + match[1][0]
        start, found = match.start(), None
        while (start := library.rfind(START, match.start() - LONGEST, start)) >= 0:
            graph = parsed(library[start + 1 : end])
            if graph is not None and graph.type == match[2][: match[1][0]].decode():
                found, begin = graph, start + 1
        if found is not None:
            # The graph's options may follow the type, up to the NUL that ends the data.
            behind = library.find(b"\0", end)
            yield found if behind == end else with_options(library, begin, end) or found


def with_options(library: bytes, begin: int, end: int) -> calculator_pb2.CalculatorGraphConfig | None:
    """The graph with its options, which follow its type."""
    for stop in range(end + 1, end + 300):
        graph = parsed(library[begin:stop]) if library[stop] == 0 else None
        if graph is not None and graph.graph_options:
            return graph
    return None


def main() -> None:
    folder = Path(sys.argv[1])
    for file in ROOT.rglob("*_pb2.py"):
        # Makes the options of all calculators known, so that they are written by their names.
        module = ".".join(("mediapipe", *file.relative_to(ROOT).with_suffix("").parts))
        try:
            importlib.import_module(module)
        except (ImportError, TypeError):
            continue  # part of a package of MediaPipe that is not installed completely
    library = next((ROOT / "python").glob("_framework_bindings*"))
    written = set()
    for graph in graphs(library.read_bytes()):
        if graph.type in written:
            continue  # FaceDetectionShortRangeByRoiCpu, whose type is FaceDetectionShortRangeCpu
        written.add(graph.type)
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", graph.type).lower()
        (folder / f"{name}.pbtxt").write_text(text_format.MessageToString(graph))
        print(graph.type)


if __name__ == "__main__":
    main()
