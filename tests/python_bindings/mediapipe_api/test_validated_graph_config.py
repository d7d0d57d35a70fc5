"""A graph is checked once, and gives its config and the types of its streams in MediaPipe's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from attention_mesh.framework.graph_config import parse_graph_config
from attention_mesh.python_bindings.errors import GraphConfigError
from attention_mesh.python_bindings.mediapipe_api.validated_graph_config import ValidatedGraphConfig

PASS = """
input_stream: "in"
output_stream: "out"
node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "out" }
"""
TYPED = """
input_stream: "IMAGE:image"
input_stream: "detections"
input_side_packet: "allow"
output_stream: "best"
node { calculator: "ImagePropertiesCalculator" input_stream: "IMAGE:gated_image" output_stream: "SIZE:size" }
node {
  calculator: "GateCalculator"
  input_stream: "image"
  input_side_packet: "ALLOW:allow"
  output_stream: "gated_image"
}
node {
  calculator: "NonMaxSuppressionCalculator"
  input_stream: "detections"
  output_stream: "suppressed"
}
node {
  calculator: "PreviousLoopbackCalculator"
  input_stream: "MAIN:image"
  input_stream: "LOOP:suppressed"
  input_stream_info: { tag_index: "LOOP" back_edge: true }
  output_stream: "PREV_LOOP:before"
}
node {
  calculator: "BeginLoopDetectionCalculator"
  input_stream: "ITERABLE:before"
  output_stream: "ITEM:one"
  output_stream: "BATCH_END:end"
}
node {
  calculator: "DetectionsToRectsCalculator"
  input_stream: "DETECTION:one"
  input_stream: "IMAGE_SIZE:size"
  output_stream: "NORM_RECT:rect"
}
node {
  calculator: "RectTransformationCalculator"
  input_stream: "NORM_RECT:rect"
  input_stream: "IMAGE_SIZE:size"
  output_stream: "roi"
}
node {
  calculator: "EndLoopNormalizedRectCalculator"
  input_stream: "ITEM:roi"
  input_stream: "BATCH_END:end"
  output_stream: "ITERABLE:rois"
}
node { calculator: "PassThroughCalculator" input_stream: "rois" output_stream: "best" }
"""
IMAGE = "OneOf<::mediapipe::Image, ::mediapipe::ImageFrame>"
RECTS = "::std::vector<::mediapipe::NormalizedRect>"


@pytest.fixture(scope="module")
def typed() -> ValidatedGraphConfig:
    graph = ValidatedGraphConfig()
    graph.initialize(graph_config=TYPED)
    return graph


@pytest.mark.parametrize(
    ("stream", "name"),
    [
        ("image", IMAGE),  # told by what reads the stream behind the gate
        ("gated_image", IMAGE),
        ("detections", "::std::vector<::mediapipe::Detection>"),
        ("before", "::std::vector<::mediapipe::Detection>"),
        ("one", "::mediapipe::Detection"),
        ("rect", "::mediapipe::NormalizedRect"),
        ("roi", "::mediapipe::NormalizedRect"),  # no tag: as the node's tagged input
        ("rois", RECTS),
        ("best", RECTS),
    ],
)
def test_streams_have_the_names_that_mediapipe_gives(
    typed: ValidatedGraphConfig, stream: str, name: str
) -> None:
    assert typed.registered_stream_type_name(stream) == name


def test_side_packets_have_names(typed: ValidatedGraphConfig) -> None:
    assert typed.registered_side_packet_type_name("allow") == "bool"
    with pytest.raises(ValueError, match='Side packet "nothing" is not defined in the config'):
        typed.registered_side_packet_type_name("nothing")


def test_a_stream_of_anything_has_no_name() -> None:
    graph = ValidatedGraphConfig()
    graph.initialize(graph_config=PASS)
    with pytest.raises(RuntimeError, match='Unable to find the type for stream "in"'):
        graph.registered_stream_type_name("in")
    with pytest.raises(ValueError, match='Stream "nothing" is not defined in the config'):
        graph.registered_stream_type_name("nothing")


def test_is_empty_before_initialize() -> None:
    graph = ValidatedGraphConfig()
    assert not graph.initialized()
    assert graph.text_config == "" and graph.binary_config == b""
    with pytest.raises(ValueError, match="is not defined"):
        graph.registered_stream_type_name("in")
    graph.initialize(graph_config=TYPED)
    assert graph.initialized() and graph.registered_stream_type_name("best") == RECTS


@pytest.mark.parametrize("kind", ["text", "message", "bytes", "text file", "binary file"])
def test_takes_a_graph_in_every_form(kind: str, tmp_path: Path) -> None:
    message = parse_graph_config(PASS)
    (tmp_path / "graph.pbtxt").write_text(PASS)
    (tmp_path / "graph.binarypb").write_bytes(message.SerializeToString())
    source = {
        "text": {"graph_config": PASS},
        "message": {"graph_config": message},
        "bytes": {"graph_config": message.SerializeToString()},
        "text file": {"binary_graph_path": str(tmp_path / "graph.pbtxt")},
        "binary file": {"binary_graph_path": str(tmp_path / "graph.binarypb")},
    }[kind]
    graph = ValidatedGraphConfig()
    graph.initialize(**source)
    read = parse_graph_config(graph.binary_config)
    assert [node.calculator for node in read.node] == ["PassThroughCalculator"]
    assert parse_graph_config(graph.text_config) == read


def test_subgraphs_of_the_users_folder(tmp_path: Path) -> None:
    (tmp_path / "twice.pbtxt").write_text('type: "Twice"\n' + PASS)
    outer = PASS.replace("PassThroughCalculator", "Twice")
    graph = ValidatedGraphConfig()
    graph.initialize(graph_config=outer, graph_path=[tmp_path])
    assert "PassThroughCalculator" in graph.text_config


def test_initializes_once() -> None:
    graph = ValidatedGraphConfig()
    graph.initialize(graph_config=PASS)
    with pytest.raises(RuntimeError, match="only once"):
        graph.initialize(graph_config=PASS)


@pytest.mark.parametrize("sources", [{}, {"graph_config": PASS, "binary_graph_path": "a.binarypb"}])
def test_needs_one_graph(sources: dict) -> None:
    with pytest.raises(ValueError, match="Please either provide 'binary_graph_path'"):
        ValidatedGraphConfig().initialize(**sources)


def test_a_missing_file() -> None:
    with pytest.raises(FileNotFoundError, match="The path does not exist: nothing.binarypb"):
        ValidatedGraphConfig().initialize(binary_graph_path="nothing.binarypb")


BROKEN = {
    "unknown calculator": ('node { calculator: "NoSuchCalculator" }', 'Unable to find Calculator "NoSuch'),
    "no producer": (
        'node { calculator: "PassThroughCalculator" input_stream: "a" output_stream: "b" }',
        '"a".*does not have a corresponding output stream',
    ),
    "unequal ports": (
        'node { calculator: "PassThroughCalculator" input_stream: "a" input_stream: "b" output_stream: "c" }',
        "must use matching tags and indexes",
    ),
    "no text format": ("node {", "line 1"),
}


@pytest.mark.parametrize("kind", [ValueError, RuntimeError, GraphConfigError])
@pytest.mark.parametrize(("config", "message"), BROKEN.values(), ids=BROKEN)
def test_a_graph_that_cannot_run(config: str, message: str, kind: type) -> None:
    with pytest.raises(kind, match=message):
        ValidatedGraphConfig().initialize(graph_config=config)
