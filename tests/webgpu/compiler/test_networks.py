"""Whole networks give on a software adapter what LiteRT's CPU interpreter gives, on crops of a face."""

from __future__ import annotations

from dataclasses import asdict

import cv2
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from flatbuffers import flexbuffers

from attention_mesh.models.inference.blendshape_network import MODEL as BLENDSHAPES
from attention_mesh.models.weights.conversion.custom_operators import (
    RegionOptions,
    transform_landmarks,
    transform_matrix,
    transform_tensor_bilinear,
)
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph
from attention_mesh.models.weights.model_files import OPEN_MODEL, model_path
from attention_mesh.tests.webgpu.compiler.test_operators import litert_results
from attention_mesh.tests.webgpu.gpu_process import gpu_device, on_gpu
from attention_mesh.webgpu.compiler.compile_network import choose_target, compile_network
from attention_mesh.webgpu.program import Program
from attention_mesh.webgpu.program_runner import ProgramRunner

ATTENTION, MESH = "face_landmark_with_attention", "face_landmark"


def content_of(name: str) -> bytes:
    """A network's file: the package's own, or an official one, converted and fused for attention."""
    if name == "open":
        return OPEN_MODEL.read_bytes()
    if name == "blend shapes":
        return BLENDSHAPES.read_bytes()
    return model_path(name, fused=name == ATTENTION).read_bytes()


def crop(astronaut: np.ndarray, size: int, turn: float = 0.0) -> np.ndarray:
    """(1, size, size, 3) uint8: the face, turned by degrees."""
    matrix = cv2.getRotationMatrix2D((223, 113), turn, size / 210)
    matrix[:, 2] += size / 2 - np.array([223, 113])
    return cv2.warpAffine(astronaut, matrix, (size, size), flags=cv2.INTER_LINEAR)[None]


def results(program: Program, inputs: list[np.ndarray]) -> list[np.ndarray]:
    given = dict(zip(program.inputs, inputs, strict=True))
    return list(ProgramRunner(gpu_device(), program).run(given).values())


@pytest.mark.parametrize("target", ["gpu", "software"])
@on_gpu
def test_attention_mesh_is_within_a_fiftieth_of_a_pixel(astronaut: np.ndarray, target: str) -> None:
    """That of the open weights is tested where it is exported."""
    if target == "software" and choose_target(gpu_device()) != "software":
        pytest.skip("the adapter is no software, or has no subgroups")
    pixels = crop(astronaut, 192, 15)
    expected, presence = litert_results(content_of(ATTENTION), [pixels])
    found, flag = results(compile_network(content_of(ATTENTION), target=target), [pixels])
    assert presence.item() > 5  # it is a face
    assert np.abs(found.ravel() - expected.ravel()).max() <= 0.02
    assert abs(flag.item() - presence.item()) <= 0.001


@on_gpu
def test_attention_mesh_in_half_precision_is_within_a_third_of_a_pixel(astronaut: np.ndarray) -> None:
    if "f16" not in gpu_device().features:
        pytest.skip("the adapter has no 16-bit floats")
    pixels = crop(astronaut, 192, 15)
    expected, presence = litert_results(content_of(ATTENTION), [pixels])
    program = compile_network(content_of(ATTENTION), "float16")
    assert program.features == ("shader-f16",)
    found, flag = results(program, [pixels])
    assert np.abs(found.ravel() - expected.ravel()).max() <= 0.3
    assert abs(flag.item() - presence.item()) <= 0.1
    assert program.arena_bytes < 0.7 * compile_network(content_of(ATTENTION)).arena_bytes


@on_gpu
def test_detector_gives_what_litert_gives(astronaut: np.ndarray) -> None:
    """Boxes and key points in pixels of the input, and scores."""
    name = "face_detection_short_range"
    pixels = crop(astronaut, 128, -10).astype(np.float32) / 255
    expected = litert_results(content_of(name), [pixels])
    found = results(compile_network(content_of(name)), [pixels])
    for one, other in zip(found, expected, strict=True):
        assert np.abs(one.ravel() - other.ravel()).max() <= 0.02


@on_gpu
def test_blend_shapes_are_those_of_litert() -> None:
    program = compile_network(content_of("blend shapes"))
    rng = np.random.default_rng(0)
    inputs = [rng.normal(size=tensor.shape).astype(np.float32) for tensor in program.inputs.values()]
    expected = litert_results(content_of("blend shapes"), inputs)[0]
    assert np.abs(results(program, inputs)[0] - expected).max() <= 1e-5
    # Some hundred small operators in a few dispatches.
    assert len(program.dispatches) <= 8


@on_gpu
def test_custom_operators_give_what_their_formulas_give() -> None:
    """MediaPipe's own: a transform from landmarks, a crop by it, and landmarks moved by it."""
    graph, region = TfliteGraph.empty(), RegionOptions((3, 9, 4, 11), 3, 9, 0.3, 6, 5, 1.5, 1.2)
    landmarks, features = graph.add_input((1, 20, 3)), graph.add_input((1, 12, 10, 4))
    matrix = add_custom(graph, "Landmarks2TransformMatrix", [landmarks], (1, 4, 4), region)
    crops = add_custom(graph, "TransformTensorBilinear", [features, matrix], (1, 6, 5, 4))
    moved = add_custom(graph, "TransformLandmarks", [landmarks, matrix], (1, 20, 3))
    graph.set_outputs([matrix, crops, moved])
    rng = np.random.default_rng(0)
    inputs = [rng.uniform(-1, 11, shape).astype(np.float32) for shape in ((1, 20, 3), (1, 12, 10, 4))]
    found = results(compile_network(graph.to_bytes()), inputs)
    expected = transform_matrix(inputs[0], region)
    np.testing.assert_allclose(found[0], expected, atol=1e-5)
    sampled = transform_tensor_bilinear(inputs[1], expected, 6, 5)
    assert (sampled == 0).any() and (sampled != 0).any()  # some cells lie outside
    np.testing.assert_allclose(found[1], sampled, atol=1e-4)
    np.testing.assert_allclose(found[2], transform_landmarks(inputs[0], expected), atol=1e-4)


def add_custom(
    graph: TfliteGraph,
    name: str,
    inputs: list[int],
    shape: tuple[int, ...],
    region: RegionOptions | None = None,
) -> int:
    """Adds one of MediaPipe's operators, with its options as FlexBuffers."""
    code = schema.OperatorCodeT()
    code.builtinCode, code.deprecatedBuiltinCode, code.version = schema.BuiltinOperator.CUSTOM, 32, 1
    code.customCode = name.encode()
    graph.model.operatorCodes.append(code)
    operator = schema.OperatorT()
    operator.opcodeIndex = len(graph.model.operatorCodes) - 1
    operator.inputs, output = np.asarray(inputs, np.int32), graph.add_tensor(shape)
    operator.outputs = np.asarray([output], np.int32)
    if region is not None:
        names = {"subset": "subset_idxs", "rotation_left": "left_rotation_idx"}
        names |= {"rotation_right": "right_rotation_idx", "target_rotation_rad": "target_rotation_radians"}
        names |= {"height": "output_height", "width": "output_width"}
        values = {names.get(key, key): value for key, value in asdict(region).items()}
        content = flexbuffers.Dumps({**values, "subset_idxs": list(region.subset)})
        operator.customOptions = np.frombuffer(bytes(content), np.uint8)
    graph.operators.append(operator)
    return output


@pytest.mark.parametrize(("target", "most"), [("gpu", 12), ("software", 12)])
def test_the_attention_mesh_has_few_pipelines(target: str, most: int) -> None:
    """A driver takes a tenth of a second or more to compile each, before the first frame."""
    program = compile_network(content_of(ATTENTION), target=target)
    pipelines = {(d.shader, tuple(sorted(d.constants.items()))) for d in program.dispatches}
    assert len(pipelines) <= most


def test_networks_are_few_dispatches() -> None:
    """Every dispatch costs time in every frame, so that a change that adds some is seen."""
    most = {"open": 87, ATTENTION: 43, MESH: 25, "face_detection_short_range": 24, "blend shapes": 6}
    counts = {name: len(compile_network(content_of(name)).dispatches) for name in most}
    assert all(counts[name] <= most[name] for name in most), counts
