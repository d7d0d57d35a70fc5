"""The names that MediaPipe's programs import by lead to the very modules of the package, once."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

import attention_mesh
from attention_mesh.python_bindings.mediapipe_api import module_aliases

MODULES = ("drawing_styles", "drawing_utils", "face_detection", "face_mesh", "face_mesh_connections")


def test_attribute_of_the_package() -> None:
    assert attention_mesh.solutions is importlib.import_module("attention_mesh.python_bindings.solutions")


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("package", ["attention_mesh.solutions", "attention_mesh.python.solutions"])
def test_alias_is_the_module_itself(package: str, name: str) -> None:
    real = importlib.import_module(f"attention_mesh.python_bindings.solutions.{name}")
    assert importlib.import_module(f"{package}.{name}") is real
    assert getattr(attention_mesh.solutions, name) is real
    assert real.__spec__.name == real.__name__ == f"attention_mesh.python_bindings.solutions.{name}"


PROGRAMS = {
    "attribute": "import attention_mesh as mp; FaceMesh = mp.solutions.face_mesh.FaceMesh",
    "package": "import attention_mesh.solutions as s; FaceMesh = s.face_mesh.FaceMesh",
    "module": "import attention_mesh.solutions.face_mesh as m; FaceMesh = m.FaceMesh",
    "from package": "from attention_mesh.solutions import face_mesh; FaceMesh = face_mesh.FaceMesh",
    "from module": "from attention_mesh.solutions.face_mesh import FaceMesh",
    "python package": "import attention_mesh.python.solutions.face_mesh as m; FaceMesh = m.FaceMesh",
    "from python package": "from attention_mesh.python.solutions.face_mesh import FaceMesh",
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_every_spelling_works_as_the_first_import(program: str) -> None:
    """In a fresh interpreter, where nothing has loaded the real module before."""
    check = (
        "; from attention_mesh.python_bindings.solutions.face_mesh import FaceMesh as real"
        "; assert FaceMesh is real"
    )
    subprocess.run([sys.executable, "-c", program + check], check=True)


def test_a_missing_module_is_reported_under_a_name_that_exists() -> None:
    with pytest.raises(ModuleNotFoundError, match="solutions.hands"):
        importlib.import_module("attention_mesh.solutions.hands")


def test_installing_twice_adds_one_finder() -> None:
    module_aliases.install()
    module_aliases.install()
    finders = [finder for finder in sys.meta_path if isinstance(finder, module_aliases._AliasFinder)]
    assert len(finders) == 1


FRAMEWORK_MODULES = (
    "calculator_graph",
    "image",
    "image_frame",
    "packet",
    "resource_util",
    "timestamp",
    "validated_graph_config",
)


@pytest.mark.parametrize("name", FRAMEWORK_MODULES)
def test_modules_of_the_framework_are_found_under_mediapipes_names(name: str) -> None:
    real = importlib.import_module(f"attention_mesh.python_bindings.mediapipe_api.{name}")
    assert importlib.import_module(f"attention_mesh.python._framework_bindings.{name}") is real


def run(program: str) -> None:
    """Runs a program in a fresh interpreter; its assertions are the test."""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_a_program_for_mediapipe_runs_on_this_package() -> None:
    run(
        """
import attention_mesh
attention_mesh.install_as("mediapipe")
attention_mesh.install_as("mediapipe")

import mediapipe as mp
import mediapipe.python.solutions.face_mesh
from mediapipe.calculators.util import landmarks_smoothing_calculator_pb2
from mediapipe.framework import calculator_pb2
from mediapipe.framework.formats import landmark_pb2
from mediapipe.python import packet_creator, packet_getter, solution_base
from mediapipe.python._framework_bindings import calculator_graph, image_frame, timestamp

assert mp is attention_mesh
assert mp.CalculatorGraph is calculator_graph.CalculatorGraph
assert mp.ImageFormat is image_frame.ImageFormat
assert mp.solutions.face_mesh is mediapipe.python.solutions.face_mesh
assert packet_getter.get_int(packet_creator.create_int(3)) == 3
assert solution_base.SolutionBase.__module__ == "attention_mesh.python_bindings.mediapipe_api.solution_base"
assert landmark_pb2.NormalizedLandmark.DESCRIPTOR.full_name == "mediapipe.NormalizedLandmark"
"""
    )


def test_protobuf_finds_options_by_name_where_this_package_stands_for_mediapipe() -> None:
    run(
        """
import attention_mesh
attention_mesh.install_as("mediapipe")
from google.protobuf import text_format
from mediapipe.framework import calculator_pb2
config = text_format.Parse('''node {
  calculator: "GateCalculator"
  node_options { [type.googleapis.com/mediapipe.GateCalculatorOptions] { allow: true } }
}''', calculator_pb2.CalculatorGraphConfig())
assert config.node[0].node_options[0].value

from attention_mesh.framework import Calculator, calculator
from attention_mesh.framework.options import options_class

@calculator
class LaterCalculator(Calculator):
    class Options:
        number: int = 0

options_class(LaterCalculator)  # messages of later are found, too
config = text_format.Parse('''node {
  node_options { [type.googleapis.com/attention_mesh.LaterCalculatorOptions] { number: 5 } }
}''', calculator_pb2.CalculatorGraphConfig())
assert config.node[0].node_options[0].value
"""
    )


def test_another_module_of_the_name_is_not_replaced() -> None:
    run(
        """
import sys, types
sys.modules["mediapipe"] = types.ModuleType("mediapipe")
import attention_mesh
try:
    attention_mesh.install_as("mediapipe")
except ImportError as error:
    assert "mediapipe is imported already" in str(error), error
else:
    raise AssertionError("it was replaced")
"""
    )


def test_messages_of_another_package_in_the_default_pool_are_reported() -> None:
    run(
        """
from google.protobuf import descriptor_pb2, descriptor_pool
file = descriptor_pb2.FileDescriptorProto(name="mediapipe/x.proto", package="mediapipe")
file.message_type.add(name="Detection")
descriptor_pool.Default().AddSerializedFile(file.SerializeToString())
import attention_mesh
try:
    attention_mesh.install_as("mediapipe")
except ImportError as error:
    assert "default pool already" in str(error), error
else:
    raise AssertionError("not noticed")
"""
    )


@pytest.mark.parametrize("name", ["attention_mesh", "media.pipe", ""])
def test_names_that_no_module_can_have(name: str) -> None:
    with pytest.raises(ValueError, match="install_as takes the name of another module"):
        attention_mesh.install_as(name)


def test_the_package_and_the_alias_cost_next_to_nothing_to_import() -> None:
    """Neither NumPy nor OpenCV nor the engine is loaded by the import alone."""
    run(
        """
import sys
import attention_mesh
heavy = {"numpy", "cv2", "google.protobuf", "ai_edge_litert"} & set(sys.modules)
assert not heavy, heavy
"""
    )
