"""What the command line knows of a graph's side packets."""

from attention_mesh.cli.run.graph_side_packets import (
    missing_side_packets,
    side_packet_of_port,
    side_packet_types,
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


def test_types_are_those_of_consumers_and_what_a_node_makes_is_not_taken():
    assert side_packet_types(GRAPH) == {"unused": object, "clip": str, "flip": bool}


def test_missing_is_what_a_node_must_have():
    assert missing_side_packets(GRAPH, {}) == {"clip": "str"}
    assert missing_side_packets(GRAPH, {"clip": "a.mp4"}) == {}


def test_a_side_packet_is_found_by_the_port_it_goes_to():
    assert side_packet_of_port(GRAPH, "INPUT_FILE_PATH") == "clip"
    assert side_packet_of_port(GRAPH, "ROTATION_DEGREES") is None
    assert side_packet_of_port(GRAPH, "OUTPUT_FILE_PATH") is None
