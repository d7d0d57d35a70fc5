"""Graphs of strangers: large ones take linear time, endless ones end, and only regular files are read."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from attention_mesh.framework import Calculator, CalculatorGraph, ConfigError, Input, Output, calculator
from attention_mesh.framework.graph_config import load_graph_config
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.framework.ports import ANY_TAG
from attention_mesh.framework.validated_graph import ValidatedGraph

SMALL, TIMES = 250, 4  # nodes or streams, and how many times as many the larger graph has
MOST = 2.2 * TIMES  # the larger one's time over the smaller one's; it would be 16 if it grew with the square


@calculator
class SampleWideCalculator(Calculator):
    """Any number of inputs, and an output of the same type for each."""

    entries = Input(ANY_TAG)
    results = Output(ANY_TAG)

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        for connection in node.inputs:
            tag, index = connection.entry.tag, connection.entry.index
            node.set_output_type(tag, index, node.input_type(tag, index))


def passing(inputs: list[str], outputs: list[str]) -> str:
    entries = [f'input_stream: "{name}"' for name in inputs] + [
        f'output_stream: "{name}"' for name in outputs
    ]
    return f'node {{ calculator: "SamplePassCalculator" {" ".join(entries)} }}\n'


def chain(count: int, end: str = "") -> str:
    nodes = "".join(passing([f"s{index}"], [f"s{index + 1}"]) for index in range(count))
    return f'input_stream: "s0"\n{nodes}{end}'


def readers(count: int) -> str:
    return 'input_stream: "s"\n' + "".join(passing(["s"], [f"o{index}"]) for index in range(count))


def typed_readers(count: int) -> str:
    node = 'node {{ calculator: "SampleDropCalculator" input_stream: "s" output_stream: "o{}" }}\n'
    return 'input_stream: "s"\n' + "".join(node.format(index) for index in range(count))


def typed_inputs(count: int) -> str:
    node = 'node {{ calculator: "SampleDropCalculator" input_stream: "s{0}" output_stream: "o{0}" }}\n'
    return "".join(f'input_stream: "s{index}"\n' + node.format(index) for index in range(count))


def wide_nodes(count: int) -> str:
    names = [[f"{letter}{index}" for index in range(count)] for letter in "abc"]
    inputs = "".join(f'input_stream: "{name}"\n' for name in names[0])
    nodes = passing(names[0], names[1]) + passing(names[1], names[2])
    return inputs + nodes.replace("SamplePassCalculator", "SampleWideCalculator")


def unknown_streams(count: int) -> str:
    return "".join(passing([f"x{index}"], [f"o{index}"]) for index in range(count))


def cycle_behind_a_chain(count: int) -> str:
    return chain(count, passing([f"s{count}", "back"], ["x", "y"]) + passing(["y"], ["back"]))


def open_text(count: int) -> str:
    return 'node { calculator: "' + '\\"' * (20 * count) + "\n"


def validate(text: str) -> None:
    try:
        ValidatedGraph(text)
    except ConfigError as error:
        assert error.problems


def start(text: str) -> None:
    graph = CalculatorGraph(text, scheduler="caller")
    graph.start_run()
    graph.close(finish=False)


def seconds(work: Callable[[str], None], text: str) -> float:
    """Processor time, the least of two, since others use the machine."""
    times = []
    for _ in range(2):
        before = time.process_time()
        work(text)
        times.append(time.process_time() - before)
    return min(times)


@pytest.mark.parametrize(
    ("work", "write"),
    [
        *((start, write) for write in (chain, readers, typed_readers, typed_inputs, wide_nodes)),
        *((validate, write) for write in (unknown_streams, cycle_behind_a_chain, open_text)),
    ],
)
def test_time_grows_with_the_size_and_not_with_its_square(work, write) -> None:
    """5 s for all eight, since the larger graphs take that. Before, seven took 9 to 16 times as long."""
    work(write(SMALL))  # what is made once, such as tables of names

    ratio = seconds(work, write(TIMES * SMALL)) / seconds(work, write(SMALL))

    assert ratio < MOST


def graph_of_files(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.pbtxt").write_text(text)
    return folder / "top.pbtxt"


def test_a_subgraph_that_contains_itself_is_named_with_the_way(tmp_path: Path) -> None:
    top = graph_of_files(
        tmp_path,
        top='node { calculator: "One" }',
        one='type: "One"\n' + 90 * 'node { calculator: "Two" }\n',
        two='type: "Two"\n' + 90 * 'node { calculator: "One" }\n',
    )

    with pytest.raises(ConfigError, match=r"the subgraph One contains itself \(One → Two → One\)"):
        ValidatedGraph(top)


def test_only_the_first_of_many_unknown_names_get_a_hint() -> None:
    """A hint takes a millisecond, which four thousand nodes of unknown calculators waited for."""
    nodes = "".join(f'node {{ calculator: "SamplePas{index}Calculator" }}\n' for index in range(30))

    with pytest.raises(ConfigError) as caught:
        ValidatedGraph(nodes)

    assert len(caught.value.problems) == 30
    assert ["did you mean SamplePass" in problem for problem in caught.value.problems] == [True] * 20 + [
        False
    ] * 10


def test_subgraphs_that_multiply_stop_at_the_limit_of_nodes(tmp_path: Path) -> None:
    levels = {f"level{n}": f'type: "L{n}"\n' + 100 * f'node {{ calculator: "L{n + 1}" }}\n' for n in range(9)}
    top = graph_of_files(tmp_path, top='node { calculator: "L0" }', **levels, level9='type: "L9"')

    with pytest.raises(ConfigError, match=r"more than 10000 nodes .*inside L0 → L1") as caught:
        ValidatedGraph(top)

    assert len(caught.value.problems) == 1


def test_subgraphs_that_multiply_their_text_stop_at_the_limit_of_bytes(tmp_path: Path) -> None:
    node = 'node {{ name: "{}" calculator: "SampleSourceCalculator" output_stream: "s" }}\n'
    top = graph_of_files(
        tmp_path,
        top=1000 * 'node { calculator: "Long" }\n',
        long='type: "Long"\n' + node.format("x" * 100_000),
    )

    with pytest.raises(ConfigError, match="more than 64000000 bytes with its subgraphs filled in"):
        ValidatedGraph(top)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_neither_read_as_a_subgraph_nor_as_a_graph(tmp_path: Path) -> None:
    """To open it would wait until somebody writes to it, perhaps forever."""
    os.mkfifo(tmp_path / "pipe.pbtxt")
    os.mkfifo(tmp_path / "pipe.binarypb")
    (tmp_path / "folder.pbtxt").mkdir()
    (tmp_path / "link.pbtxt").symlink_to(tmp_path / "pipe.pbtxt")
    top = graph_of_files(tmp_path, top='node { calculator: "Pass" }', other='type: "Pass"')

    assert ValidatedGraph(top).nodes == ()
    assert ValidatedGraph(top.read_text(), [tmp_path]).nodes == ()
    for name in ("pipe.pbtxt", "pipe.binarypb", "link.pbtxt"):
        with pytest.raises(ConfigError, match=f"cannot read graph .*{name}: this is no regular file"):
            load_graph_config(tmp_path / name)


def test_a_graph_beyond_the_limit_is_refused_without_being_read(tmp_path: Path) -> None:
    for name in ("a.pbtxt", "a.binarypb"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(1 << 34)
        with pytest.raises(ConfigError, match="more than the 64000000 bytes"):
            load_graph_config(tmp_path / name)
