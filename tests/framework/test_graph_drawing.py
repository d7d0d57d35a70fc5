"""A graph as a picture and as lines of text."""

import itertools
import xml.etree.ElementTree as ET

import pytest

from attention_mesh.framework import Calculator, Input, Output, ValidatedGraph, calculator
from attention_mesh.framework.graph_drawing import describe_graph, draw_graph
from attention_mesh.tests.framework import sample_calculators  # noqa: F401  (registers them)

SVG = "{http://www.w3.org/2000/svg}"
LOOP = """
input_stream: "frames"
output_stream: "looped"
node {
  calculator: "SampleLoopbackCalculator"
  input_stream: "MAIN:frames"
  input_stream: "LOOP:looped"
  input_stream_info { tag_index: "LOOP" back_edge: true }
  output_stream: "PREV:previous"
}
node { calculator: "SamplePassCalculator" input_stream: "previous" output_stream: "middle" }
node { calculator: "SampleTupleCalculator" input_stream: "IN:0:frames" input_stream: "IN:1:middle"
       output_stream: "OUT:looped" }
"""


@pytest.fixture
def picture() -> ET.Element:
    return ET.fromstring(draw_graph(ValidatedGraph(LOOP)))


def boxes(picture: ET.Element) -> list[tuple[float, ...]]:
    """x, y, width, height of every box."""
    rects = [group.find(f"{SVG}rect") for group in picture.findall(f"{SVG}g")]
    return [tuple(float(rect.get(name)) for name in ("x", "y", "width", "height")) for rect in rects]


def test_every_node_and_port_has_a_box_and_every_connection_an_edge(picture):
    texts = [text.text for text in picture.iter(f"{SVG}text")]
    assert {"SampleLoopback", "SamplePass", "SampleTuple", "▼ frames", "▲ looped"} <= set(texts)
    assert len(boxes(picture)) == 3 + 2  # and one input and one output of the graph
    edges = [title.text for title in picture.iter(f"{SVG}title")]
    assert sorted(edges) == sorted(["frames", "looped", "previous", "frames", "middle", "looped"])


def test_no_two_boxes_overlap_and_all_lie_in_the_picture(picture):
    width, height = float(picture.get("width")), float(picture.get("height"))
    for x, y, w, h in boxes(picture):
        assert x >= 0 and y >= 0 and x + w <= width and y + h <= height
    for (ax, ay, aw, ah), (bx, by, bw, bh) in itertools.combinations(boxes(picture), 2):
        assert ax + aw <= bx or bx + bw <= ax or ay + ah <= by or by + bh <= ay


def test_only_the_back_edge_is_dashed(picture):
    dashed = [path for path in picture.findall(f"{SVG}path") if path.get("stroke-dasharray")]
    assert [path.find(f"{SVG}title").text for path in dashed] == ["looped"]


def test_a_consumer_stands_below_its_producers(picture):
    places = {}
    for group in picture.findall(f"{SVG}g"):
        places[group.find(f"{SVG}text").text] = float(group.find(f"{SVG}rect").get("y"))
    assert places["▼ frames"] < places["SampleLoopback"] < places["SamplePass"]
    assert places["SamplePass"] < places["SampleTuple"] < places["▲ looped"]


INNER = """
type: "Inner"
input_stream: "A:a"
input_stream: "B:b"
output_stream: "A:a_out"
output_stream: "B:b_out"
node { calculator: "SamplePassCalculator" input_stream: "a" output_stream: "a_out" }
node { calculator: "SamplePassCalculator" input_stream: "b" output_stream: "b_mid" }
node { calculator: "SamplePassCalculator" input_stream: "b_mid" output_stream: "b_out" }
"""
OUTER = """
input_stream: "frames"
output_stream: "result"
node { calculator: "Inner" input_stream: "A:frames" input_stream: "B:between"
       output_stream: "A:early" output_stream: "B:result" }
node { calculator: "SamplePassCalculator" input_stream: "early" output_stream: "between" }
"""


def test_a_subgraph_is_one_box_and_an_edge_goes_back_where_boxes_form_a_circle(tmp_path):
    """The node outside reads from the subgraph and feeds it."""
    (tmp_path / "inner.pbtxt").write_text(INNER)
    graph = ValidatedGraph(OUTER, [tmp_path])
    outline = ET.fromstring(draw_graph(graph))
    names = [group.find(f"{SVG}text").text for group in outline.findall(f"{SVG}g")]
    assert sorted(names) == ["Inner", "SamplePass", "▲ result", "▼ frames"]
    assert len(boxes(outline)) == 4 and len(boxes(ET.fromstring(draw_graph(graph, expanded=True)))) == 6
    edges = {
        path.find(f"{SVG}title").text: bool(path.get("stroke-dasharray"))
        for path in outline.findall(f"{SVG}path")
    }
    assert edges == {"frames": False, "early": False, "between": True, "result": False}


def test_a_node_is_the_users_whatever_its_name(tmp_path):
    """Two underscores part a subgraph's name from the nodes inside, but a user's name may have them, too."""
    (tmp_path / "inner.pbtxt").write_text(INNER)
    named = OUTER.replace('{ calculator: "Inner"', '{ name: "my__mesh" calculator: "Inner"')
    named = named.replace('{ calculator: "SamplePass', '{ name: "my__pass" calculator: "SamplePass')
    lines = describe_graph(ValidatedGraph(named, [tmp_path]))
    nodes = [line for line in lines if line[0] != " " and ":" not in line]
    assert nodes == [
        "my__mesh (Inner, a subgraph of 3 nodes)",
        "my__pass (SamplePassCalculator)",
    ]


def test_a_graph_without_anything_is_an_empty_picture():
    assert ET.fromstring(draw_graph(ValidatedGraph(""))).tag.endswith("svg")


def test_the_lines_name_ports_streams_and_the_back_edge():
    lines = describe_graph(ValidatedGraph(LOOP))
    assert "input: frames" in lines and "output: looped" in lines
    assert any(line.strip().startswith("<- LOOP looped") and "(back edge)" in line for line in lines)


class FarValue:
    memory = "far away"


@calculator
class SampleFarCalculator(Calculator):
    near = Input("", int)
    far = Output("", FarValue)

    @classmethod
    def contract(cls, node):
        node.crossing = "near to far"


def test_nodes_that_cross_and_streams_elsewhere_stand_out():
    graph = ValidatedGraph("""
        input_stream: "frames"
        output_stream: "passed"
        node { calculator: "SampleFarCalculator" input_stream: "frames" output_stream: "moved" }
        node { calculator: "SamplePassCalculator" input_stream: "moved" output_stream: "passed" }
    """)
    assert [node.name for node in graph.crossings] == ["SampleFarCalculator"]
    assert "SampleFarCalculator (SampleFarCalculator), near to far" in describe_graph(graph)
    picture = ET.fromstring(draw_graph(graph))
    assert "near to far" in {text.text for text in picture.iter(f"{SVG}text")}
    borders = {group.find(f"{SVG}rect").get("stroke") for group in picture.findall(f"{SVG}g")}
    assert len(borders) == 2
    strokes = {
        path.find(f"{SVG}title").text: path.get("stroke")
        for path in picture.findall(f"{SVG}path")
        if path.find(f"{SVG}title") is not None
    }
    assert strokes["moved"] != strokes["passed"] == strokes["frames"]
