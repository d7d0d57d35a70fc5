"""Side packets of a run: which ones a graph takes, and their values from the command line."""

import pytest

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.run.side_packets import (
    check_side_packets,
    parse_side_packets,
    side_packet_of_port,
    side_packet_types,
    split_entries,
)
from attention_mesh.framework import ValidatedGraph

GRAPH = ValidatedGraph("""
  input_side_packet: "unused"
  node {
    calculator: "ConstantSidePacketCalculator"
    output_side_packet: "PACKET:degrees"
    node_options {
      [type.googleapis.com/mediapipe.ConstantSidePacketCalculatorOptions] { packet { int_value: 90 } }
    }
  }
  node {
    calculator: "OpenCvVideoDecoderCalculator"
    input_side_packet: "INPUT_FILE_PATH:clip"
    output_stream: "VIDEO:video"
  }
  node {
    calculator: "ImageTransformationCalculator"
    input_stream: "IMAGE:video"
    input_side_packet: "ROTATION_DEGREES:degrees"
    input_side_packet: "FLIP_VERTICALLY:flip"
    output_stream: "IMAGE:turned"
  }
""")

TYPES = {
    "count": int,
    "gain": float,
    "on": bool,
    "name": str,
    "any": object,
    "size": tuple,
    "sizes": list | tuple,
    "limit": int | str,
    "model": bytes,
}


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("count=3", 3),
        ("gain=3", 3.0),
        ("gain=-1e-3", -0.001),
        ("on=true", True),
        ("on=No", False),
        ("name=3", "3"),
        ("name=a=b", "a=b"),
        ("name=", ""),
        ("any=3", 3),
        ("any=3.5", 3.5),
        ("any=false", False),
        ("any=text", "text"),
        ("size=640,480", (640, 480)),
        ("sizes=0.5,2", [0.5, 2]),
        ("limit=7", 7),
        ("limit=none", "none"),
    ],
)
def test_a_value_is_read_as_the_declared_type(entry, expected):
    (value,) = parse_side_packets([entry], TYPES).values()
    assert value == expected and type(value) is type(expected)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("count", "name=value"),
        ("=3", "name=value"),
        ("count=3.5", "type int"),
        ("on=3", "type bool"),
        ("gain=loud", "type float"),
        ("size=large", "type tuple"),
        ("model=absent.tflite", "No such file"),
        ("volume=3", "takes no side packet volume.*any, count, gain"),
    ],
)
def test_a_wrong_entry_is_an_error_that_quotes_it(entry, message):
    with pytest.raises(UsageError, match=message) as caught:
        parse_side_packets([entry], TYPES)
    assert entry in str(caught.value)


def test_bytes_are_a_files(tmp_path):
    (tmp_path / "net.tflite").write_bytes(b"\x00net")
    assert parse_side_packets([f"model={tmp_path / 'net.tflite'}"], TYPES) == {"model": b"\x00net"}


def test_entries_as_mediapipes_programs_take_them():
    assert split_entries("a=1,b=x/y.mp4") == ["a=1", "b=x/y.mp4"] and split_entries("") == []


def test_types_are_those_of_consumers_and_what_a_node_makes_is_not_taken():
    assert side_packet_types(GRAPH) == {"unused": object, "clip": str, "flip": bool}


def test_a_side_packet_that_a_node_must_have_is_asked_for_with_its_type():
    with pytest.raises(UsageError, match=r"--side-packet name=value: clip \(str\)$"):
        check_side_packets(GRAPH, {"flip": True})
    check_side_packets(GRAPH, {"clip": "a.mp4"})


def test_a_side_packet_is_found_by_the_port_it_goes_to():
    assert side_packet_of_port(GRAPH, "INPUT_FILE_PATH") == "clip"
    assert side_packet_of_port(GRAPH, "ROTATION_DEGREES") is None
    assert side_packet_of_port(GRAPH, "OUTPUT_FILE_PATH") is None
