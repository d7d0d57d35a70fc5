"""Options of a graph's nodes change by ``node.field``, and nothing else does."""

from __future__ import annotations

import pytest

import attention_mesh.calculators  # noqa: F401
from attention_mesh.framework.graph_config import parse_graph_config
from attention_mesh.framework.options import node_options
from attention_mesh.framework.registry import find_calculator
from attention_mesh.python_bindings.mediapipe_api.calculator_params import apply_calculator_params

CONFIG = """
node { name: "face__Sub__ImageTransformationCalculator" calculator: "ImageTransformationCalculator"
  input_stream: "IMAGE:a" output_stream: "IMAGE:b" %s }
node { name: "Gate" calculator: "GateCalculator" input_stream: "b" output_stream: "c" }
node { name: "Unused" calculator: "ConstantSidePacketCalculator" output_side_packet: "PACKET:p"
  options { [mediapipe.ConstantSidePacketCalculatorOptions.ext] { packet { int_value: 3 } } } }
"""
NAME = "face__Sub__ImageTransformationCalculator"


def applied(params: dict, options: str = ""):
    config = parse_graph_config(CONFIG % options)
    apply_calculator_params(config, params)
    return [node_options(find_calculator(node.calculator), node) for node in config.node]


@pytest.mark.parametrize("name", [NAME, "FACE__sub__ImageTransformationCalculator"])
def test_a_node_of_a_subgraph_is_found_whatever_the_capitals_of_its_subgraphs(name: str) -> None:
    assert applied({f"{name}.output_width": 7})[0].output_width == 7


def test_other_options_stay() -> None:
    options = "options { [mediapipe.ImageTransformationCalculatorOptions.ext] { output_height: 9 } }"
    changed = applied({f"{NAME}.output_width": 7}, options)[0]
    assert (changed.output_width, changed.output_height) == (7, 9)


def test_options_of_another_type_stay_beside_new_ones() -> None:
    other = "node_options { [type.googleapis.com/mediapipe.GateCalculatorOptions] { allow: true } }"
    config = parse_graph_config(CONFIG % other)
    apply_calculator_params(config, {f"{NAME}.output_width": 7})
    assert [packed.type_url.rpartition(".")[2] for packed in config.node[0].node_options] == [
        "GateCalculatorOptions",
        "ImageTransformationCalculatorOptions",
    ]


def test_a_repeated_field_is_replaced() -> None:
    options = type(applied({})[2])
    packets = [options.ConstantSidePacket(bool_value=True), options.ConstantSidePacket(int_value=1)]
    changed = applied({"Unused.packet": packets})[2]
    assert list(changed.packet) == packets
    with pytest.raises(ValueError, match="packet is a repeated proto field .* not iterable"):
        applied({"Unused.packet": 3})


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"output_width": 3}, '"output_width" in the calculator_params is invalid'),
        ({f"{NAME}.a.b": 3}, "is invalid"),
        ({"Nobody.x": 3}, "Not all calculator params are valid. There is no node Nobody"),
        ({"Gate.allow": True}, "Modifying the calculator options of Gate is not supported."),
        ({f"{NAME}.nothing": 3}, "has no field nothing .it has: output_width"),
    ],
)
def test_what_does_not_fit_is_refused(params: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        applied(params)


def test_what_stands_in_for_a_node_takes_its_option() -> None:
    """MediaPipe's FaceMesh sets the presence threshold by this name."""
    config = parse_graph_config("""
    node { name: "FaceLandmarkCpu__TensorsToFaceLandmarksCalculator"
      calculator: "TensorsToFaceLandmarksCalculator"
      input_stream: "TENSORS:t" input_stream: "ROIS:r" output_stream: "LANDMARKS:l" }
    """)
    apply_calculator_params(config, {"facelandmarkcpu__ThresholdingCalculator.threshold": 0.75})
    options = node_options(find_calculator("TensorsToFaceLandmarksCalculator"), config.node[0])
    assert options.min_presence == 0.75
    with pytest.raises(ValueError, match="There is no node other__ThresholdingCalculator"):
        apply_calculator_params(config, {"other__ThresholdingCalculator.threshold": 0.75})
