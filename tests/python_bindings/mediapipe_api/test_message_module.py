"""Message modules under the names that MediaPipe's programs import them by."""

from __future__ import annotations

import importlib
import pickle

import pytest

from attention_mesh.framework.formats import detection_pb2
from attention_mesh.framework.protos import message_class

MODULES = {
    "attention_mesh.framework.calculator_pb2": "CalculatorGraphConfig",
    "attention_mesh.framework.calculator_options_pb2": "CalculatorOptions",
    "attention_mesh.framework.stream_handler_pb2": "InputStreamHandlerConfig",
    "attention_mesh.calculators.core.gate_calculator_pb2": "GateCalculatorOptions",
    "attention_mesh.calculators.core.flow_limiter_calculator_pb2": "FlowLimiterCalculatorOptions",
    "attention_mesh.calculators.image.image_transformation_calculator_pb2": (
        "ImageTransformationCalculatorOptions"
    ),
    "attention_mesh.calculators.tensor.tensors_to_detections_calculator_pb2": (
        "TensorsToDetectionsCalculatorOptions"
    ),
    "attention_mesh.calculators.util.landmarks_smoothing_calculator_pb2": (
        "LandmarksSmoothingCalculatorOptions"
    ),
}


@pytest.mark.parametrize(("module", "message"), MODULES.items())
def test_a_module_has_its_messages(module: str, message: str) -> None:
    found = importlib.import_module(module)
    assert getattr(found, message) is message_class(f"mediapipe.{message}")
    assert message in found.DESCRIPTOR.message_types_by_name
    assert importlib.import_module(module) is found


def test_options_can_be_set_by_their_extension() -> None:
    from attention_mesh.calculators.core import gate_calculator_pb2
    from attention_mesh.framework import calculator_pb2

    node = calculator_pb2.CalculatorGraphConfig().node.add(calculator="GateCalculator")
    node.options.Extensions[gate_calculator_pb2.GateCalculatorOptions.ext].allow = True
    assert "allow: true" in str(node)


def test_messages_can_be_pickled() -> None:
    from attention_mesh.framework import calculator_pb2

    config = calculator_pb2.CalculatorGraphConfig(input_stream=["a"])
    assert pickle.loads(pickle.dumps(config)) == config


def test_modules_with_a_file_are_their_file() -> None:
    assert importlib.import_module("attention_mesh.framework.formats.detection_pb2") is detection_pb2
    assert detection_pb2.__file__


@pytest.mark.parametrize(
    "name",
    [
        "attention_mesh.calculators.core.nothing_pb2",
        "attention_mesh.calculators.nowhere.gate_calculator_pb2",
        "attention_mesh.models.gate_calculator_pb2",
        "attention_mesh.calculators.util.nothing",
    ],
)
def test_a_module_that_does_not_exist(name: str) -> None:
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module(name)
