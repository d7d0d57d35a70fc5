"""A graph in text, and the same graph serialized with extension field numbers, are one graph."""

import json
import os
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from attention_mesh.framework import ConfigError, ValidatedGraph, load_graph_config, parse_graph_config
from attention_mesh.framework.protos import message_to_text
from attention_mesh.tests.framework.sample_graphs import GRAPHS
from attention_mesh.tests.framework.whole_graph import WHOLE

pytestmark = pytest.mark.skipif(
    find_spec("attention_mesh.calculators") is None, reason="the built-in graphs need the calculators"
)

REPOSITORY = Path(__file__).resolve().parents[2]
BUILT_IN = sorted((REPOSITORY / "graphs").rglob("*.pbtxt"))
PROGRAM = Path(__file__).with_name("peer_configs.py")
FACE_GRAPHS = [
    "face_landmark/face_landmark_front_cpu",
    "face_detection/face_detection_short_range_cpu",
    "face_detection/face_detection_full_range_cpu",
]


def assert_one_graph_in_every_form(config) -> None:
    """Passes a graph from text to message to bytes to message to text; gives the expanded graphs of both."""
    data, text = config.SerializePartialToString(deterministic=True), message_to_text(config)
    from_bytes, from_text = parse_graph_config(data), parse_graph_config(text)
    assert from_bytes == from_text == config
    assert from_text.SerializePartialToString(deterministic=True) == data
    assert message_to_text(from_bytes) == text


def assert_one_validated_graph(source) -> None:
    config = parse_graph_config(source)
    forms = [expanded(message_to_text(config)), expanded(config.SerializePartialToString())]
    assert forms[0] == forms[1]
    if not isinstance(forms[0], list):  # the expanded graph is a graph like any other
        assert expanded(message_to_text(forms[0])).node == forms[0].node
        assert_one_graph_in_every_form(forms[0])


def expanded(source):
    """The expanded config; or the problems of a subgraph that is incomplete without options."""
    try:
        return ValidatedGraph(source).config
    except ConfigError as error:
        return error.problems


@pytest.mark.parametrize("file", BUILT_IN, ids=lambda file: file.stem)
def test_built_in_graphs_are_the_same_in_text_and_in_bytes(file):
    assert_one_graph_in_every_form(load_graph_config(file))
    assert_one_validated_graph(file.read_text())


@pytest.mark.parametrize("name", [name for name in GRAPHS if name != "whole"])
def test_sample_graphs_are_the_same_in_text_and_in_bytes(name):
    assert_one_graph_in_every_form(parse_graph_config(GRAPHS[name]))
    assert_one_validated_graph(GRAPHS[name])


def test_graph_with_every_part_is_the_same_in_text_and_in_bytes():
    assert_one_graph_in_every_form(parse_graph_config(WHOLE))


@pytest.fixture(scope="module")
def peer() -> tuple[Path, Path]:
    """(Python, package folder) of mediapipe 0.10.21, in a separate environment."""
    named = os.environ.get("ATTENTION_MESH_PEER_PYTHON")
    python = Path(named) if named else REPOSITORY / ".venv-mediapipe" / "bin" / "python"
    packages = sorted(python.parents[1].glob("lib/*/site-packages/mediapipe"))
    if not packages:
        pytest.skip(f"no Python with mediapipe 0.10.21 at {python}; `make peer` makes it")
    return python, packages[0]


@pytest.mark.parametrize("name", FACE_GRAPHS)
def test_mediapipes_binary_face_graphs_are_the_same_as_text(peer, name):
    data = (peer[1] / "modules" / f"{name}.binarypb").read_bytes()
    config = parse_graph_config(data)
    assert config.SerializeToString(deterministic=True) == data
    assert_one_graph_in_every_form(config)
    assert_one_validated_graph(data)


def test_bytes_that_mediapipes_protobuf_makes_of_our_graphs_are_the_graphs(peer):
    texts = {file.stem: file.read_text() for file in BUILT_IN} | GRAPHS
    run = subprocess.run([peer[0], PROGRAM], input=json.dumps(texts), capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    made = {name: bytes.fromhex(data) for name, data in json.loads(run.stdout).items()}
    assert {"loop", "flow", "gate", "switch", "face_landmark_front_cpu"} <= set(made)
    for name, data in made.items():
        assert parse_graph_config(data) == parse_graph_config(texts[name]), name


# ---- what is not ours ---------------------------------------------------------------------------
def extension(number: int, content: bytes) -> bytes:
    """A length-delimited field of that number."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value: int) -> bytes:
    parts = []
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])


CONTAINER_OPTIONS, NODE, NAME, CALCULATOR, OPTIONS = 345967970, 1, 1, 2, 7


def serialized(calculator: str, options: bytes, name: str = "") -> bytes:
    node = extension(NAME, name.encode()) if name else b""
    return extension(NODE, node + extension(CALCULATOR, calculator.encode()) + extension(OPTIONS, options))


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (
            serialized("PassThroughCalculator", extension(20001, b"\x08\x07"), "mine"),
            'node "mine" (PassThroughCalculator): field 20001 of options is unknown: an extension for a '
            "calculator that is not here",
        ),
        (
            serialized("FooCalculator", extension(374311999, b"")),
            "node FooCalculator: field 374311999 of options is unknown: an extension for a calculator that "
            "is not here",
        ),
        (
            extension(NODE, extension(CALCULATOR, b"PassThroughCalculator") + extension(900, b"x")),
            "node PassThroughCalculator: field 900 of the node is unknown",
        ),
        (extension(700, b"x"), "field 700 of the graph is unknown"),
        (
            serialized(
                "SwitchContainer",
                extension(CONTAINER_OPTIONS, extension(2, extension(OPTIONS, extension(20002, b"")))),
            ),
            "node SwitchContainer: field 20002 of "
            "options.[mediapipe.SwitchContainerOptions.ext].contained_node.options is unknown: an "
            "extension for a calculator that is not here",
        ),
    ],
)
def test_field_that_we_do_not_have_is_an_error_with_node_and_number(data, problem):
    with pytest.raises(ConfigError) as caught:
        parse_graph_config(data, "graph")
    assert caught.value.problems == [f"graph: {problem}"]


def test_every_node_with_such_a_field_is_named_at_once():
    data = serialized("OneCalculator", extension(20001, b"")) + serialized(
        "TwoCalculator", extension(20002, b"")
    )
    with pytest.raises(ConfigError) as caught:
        parse_graph_config(data)
    assert [problem.split(": ")[1] for problem in caught.value.problems] == [
        "node OneCalculator",
        "node TwoCalculator",
    ]
