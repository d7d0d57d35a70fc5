"""The names that MediaPipe's programs import by lead to the very modules of the package, once."""

from __future__ import annotations

import importlib
import pickle
import subprocess
import sys

import pytest

import attention_mesh
from attention_mesh.framework.protos import message_class
from attention_mesh.python_bindings.mediapipe_api import module_aliases
from attention_mesh.tests.python_bindings.mediapipe_api.fresh_program import run

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
    """In a fresh interpreter nothing has loaded the real module before."""
    check = (
        "; from attention_mesh.python_bindings.solutions.face_mesh import FaceMesh as real"
        "; assert FaceMesh is real"
    )
    subprocess.run([sys.executable, "-c", program + check], check=True)


# Names of `mediapipe` that lead nowhere there, and those of our own rooms, which it does not have.
NOT_IN_MEDIAPIPE = (
    "calculators.core.gate_calculator",
    "calculators.core.nothing_pb2",
    "calculators.nowhere.gate_calculator_pb2",
    "calculators.proto.gate_calculator_pb2",
    "calculators.util.nothing",
    "cli",
    "cli.app",
    "drawing",
    "errors",
    "extras",
    "framework.calculator_graph",
    "framework.proto.calculator_pb2",
    "framework.scheduler",
    "geometry.detections",
    "graphs",
    "media",
    "models.gate_calculator_pb2",
    "models.weights",
    "python.cli",
    "python.cli.app",
    "python.landmarker",
    "python.mediapipe_api",
    "python_bindings",
    "python_bindings.landmarker.face_landmarker",
    "python.solutions.hands",
    "solutions.hands",
    "tests",
)


def test_mediapipe_has_no_other_room_of_ours() -> None:
    run(
        f"""
import importlib, sys
import attention_mesh
attention_mesh.install_as("mediapipe")
import mediapipe
found = []
for name in {NOT_IN_MEDIAPIPE!r}:
    package, _, module = f"mediapipe.{{name}}".rpartition(".")
    for statement in (f"import {{package}}.{{module}}", f"from {{package}} import {{module}}"):
        try:
            exec(statement)
        except ImportError:
            continue
        found.append(statement)
assert not found, found
import attention_mesh.cli.app, attention_mesh.framework.scheduler
import mediapipe.framework.formats
for place, name in ((mediapipe, "cli"), (mediapipe.framework, "scheduler"), (mediapipe, "models")):
    assert not hasattr(place, name), name
assert attention_mesh.framework.CalculatorGraph
"""
    )


@pytest.mark.parametrize(
    "name",
    [
        "calculators.core.nothing_pb2",
        "calculators.nowhere.gate_calculator_pb2",
        "calculators.util.nothing",
        "models.gate_calculator_pb2",
        "python.cli",
        "python.cli.app",
        "python.landmarker.face_landmarker",
        "python.solutions.hands",
        "solutions.hands",
    ],
)
def test_a_module_that_is_not_there_is_reported(name: str) -> None:
    with pytest.raises(ModuleNotFoundError, match="No module named 'attention_mesh"):
        importlib.import_module(f"attention_mesh.{name}")


def test_no_module_is_loaded_twice_under_two_names() -> None:
    """Every module that has a file is one object, whatever names have led to it."""
    run(
        f"""
import collections, importlib, sys
import attention_mesh
attention_mesh.install_as("mediapipe")
import mediapipe.python.solutions.face_mesh
import mediapipe.solutions.drawing_utils
import mediapipe.python.packet_creator, mediapipe.python._framework_bindings.image
from mediapipe.framework.formats import landmark_pb2
from mediapipe import solutions
import attention_mesh.python.solution_base, attention_mesh.solutions.face_detection
for module in {tuple(MESSAGE_MODULES)!r}:
    name = "mediapipe" + module.removeprefix("attention_mesh")
    assert importlib.import_module(name) is importlib.import_module(module), name
by_file = collections.defaultdict(set)
for name, module in list(sys.modules.items()):
    if name.startswith(("attention_mesh", "mediapipe")) and getattr(module, "__file__", None):
        by_file[module.__file__].add(module)
twice = {{file: modules for file, modules in by_file.items() if len(modules) > 1}}
assert len(by_file) > 20 and not twice, twice
"""
    )


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


MESSAGE_MODULES = {
    "attention_mesh.framework.calculator_pb2": "CalculatorGraphConfig",
    "attention_mesh.framework.calculator_options_pb2": "CalculatorOptions",
    "attention_mesh.framework.stream_handler_pb2": "InputStreamHandlerConfig",
    "attention_mesh.framework.formats.detection_pb2": "Detection",
    "attention_mesh.framework.formats.annotation.rasterization_pb2": "Rasterization",
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
    "attention_mesh.util.render_data_pb2": "RenderData",
}


@pytest.mark.parametrize(("module", "message"), MESSAGE_MODULES.items())
def test_message_modules_are_found_under_mediapipes_names(module: str, message: str) -> None:
    found = importlib.import_module(module)
    assert getattr(found, message) is message_class(f"mediapipe.{message}")
    assert found is importlib.import_module(found.__name__)
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

assert all(getattr(mp, name) is getattr(attention_mesh, name) for name in attention_mesh.__all__)
assert set(attention_mesh.__all__) <= set(dir(mp)) and mp.__version__ == attention_mesh.__version__
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
