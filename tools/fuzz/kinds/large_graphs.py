"""Large graphs: thousands of nodes, streams, names and subgraphs, which must not take seconds."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from attention_mesh.tools.fuzz.kind import FuzzKind

_FOLDER = tempfile.TemporaryDirectory(prefix="fuzz")  # of this process
_MOST_SECONDS = 5.0  # of processor time, to validate and start a graph
_CALCULATORS = ("PassThrough", "ImageProperties", "Gate", "FlowLimiter")


def _node(calculator: str, inputs: list[str], outputs: list[str], more: str = "") -> str:
    entries = [f'input_stream: "{name}"' for name in inputs]
    entries += [f'output_stream: "{name}"' for name in outputs]
    return f'node {{ calculator: "{calculator}" {" ".join(entries)} {more} }}\n'


def _passing(inputs: list[str], outputs: list[str]) -> str:
    return _node("PassThroughCalculator", inputs, outputs)


def _names(letter: str, count: int) -> list[str]:
    return [f"{letter}{index}" for index in range(count)]


def _inputs(names: list[str]) -> str:
    return "".join(f'input_stream: "{name}"\n' for name in names)


def _chain(count: int, numbers: random.Random) -> str:
    back = numbers.randrange(1, 5)
    nodes = (
        _passing([f"s{index}", f"s{max(index - back, 0)}"], [f"s{index + 1}", f"t{index}"])
        for index in range(count)
    )
    return _inputs(["s0"]) + "".join(nodes)


def _readers(count: int, numbers: random.Random) -> str:
    kind = numbers.choice(("PassThroughCalculator", "ImagePropertiesCalculator"))
    tags = ("IMAGE:", "SIZE:") if kind.startswith("Image") else ("", "")
    return _inputs(["s"]) + "".join(
        _node(kind, [f"{tags[0]}s"], [f"{tags[1]}o{index}"]) for index in range(count)
    )


def _wide(count: int, numbers: random.Random) -> str:
    layers = [_names(letter, count) for letter in "abcd"[: numbers.randrange(2, 5)]]
    return _inputs(layers[0]) + "".join(
        _passing(one, other) for one, other in zip(layers, layers[1:], strict=False)
    )


def _odd(count: int, numbers: random.Random) -> str:
    """Unknown streams, unknown calculators, cycles, names that occur twice."""
    way = numbers.randrange(4)
    if way == 0:
        return "".join(_passing([f"x{index}"], [f"o{index}"]) for index in range(count))
    if way == 1:
        names = [f"{numbers.choice(_CALCULATORS)}{index}Calculator" for index in range(count)]
        return "".join(_node(name, [], []) for name in names)
    if way == 2:
        return "".join(_passing([f"s{index}"], [f"s{(index + 1) % count}"]) for index in range(count))
    return _inputs(["s"] * (count // 2)) + _passing(["s"] * count, ["o"] * count)


def _text(count: int, numbers: random.Random) -> str:
    part = numbers.choice(('\\"', '"', "'", "{", "}", "# ", "[", '"a" ', "\\", "<", 'a: "', "\n", "é"))
    return numbers.choice(("", 'node { calculator: "', "node {", "graph_options {")) + part * (20 * count)


_SHAPES = {"chain": _chain, "readers": _readers, "wide": _wide, "odd": _odd, "text": _text}


def _subgraphs(count: int, numbers: random.Random) -> dict[str, str]:
    """Files whose subgraphs name one another, often themselves, many times."""
    kinds = [f"G{index}" for index in range(numbers.randrange(1, 6))]
    files = {"top": _node(kinds[0], [], []) * numbers.choice((1, 1, count))}
    for kind in kinds:
        more = f'name: "{"n" * numbers.choice((0, 0, 0, 10 * count))}"'
        inner = "".join(
            _node(numbers.choice([*kinds, "G9"]), [], [], more) for _ in range(numbers.choice((1, 2, 9, 99)))
        )
        files[kind] = f'type: "{kind}"\n{inner}'
    files["G9"] = 'type: "G9"\n' + numbers.choice(("", _passing([], []) * 99, 'executor { name: "e" }\n'))
    return files


def _make(numbers: random.Random) -> tuple[str, object]:
    count = numbers.choice((10, 300, 1000, 2000))
    if numbers.random() < 0.4:
        return "subgraphs", _subgraphs(count, numbers)
    shape = numbers.choice(list(_SHAPES))
    return shape, {"top": _SHAPES[shape](count, numbers)}


def _read(case: object, stage: Callable[[str], None]) -> bool:
    """Validates the graph in a folder that also has a pipe, and starts it."""
    from attention_mesh.framework import CalculatorGraph

    assert isinstance(case, dict)
    folder = Path(_FOLDER.name) / "graphs"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.pbtxt")
    for name, text in case.items():
        (folder / f"{name}.pbtxt").write_text(text, encoding="utf-8")
    before = time.process_time()
    try:
        graph = CalculatorGraph(folder / "top.pbtxt", scheduler="caller")
        graph.start_run()
        graph.close(finish=False)
    finally:
        if time.process_time() - before > _MOST_SECONDS:
            raise TimeoutError(f"{time.process_time() - before:.1f} s")
    return True


KIND = FuzzKind("large-graphs", _make, _read)
