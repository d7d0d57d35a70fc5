"""Whole networks give on a software adapter what LiteRT's CPU interpreter gives, on crops of a face."""

from __future__ import annotations

from collections import Counter

import cv2
import numpy as np
import pytest

from attention_mesh.models.inference.blendshape_network import MODEL as BLENDSHAPES
from attention_mesh.models.weights.model_files import OPEN_MODEL, model_path
from attention_mesh.models.weights.model_store import ModelStore
from attention_mesh.tests.webgpu.compiler.test_operators import litert_results
from attention_mesh.tests.webgpu.gpu_process import gpu_device, on_gpu
from attention_mesh.webgpu.compiler.compile_network import compile_network
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


@pytest.mark.parametrize("name", ["open", ATTENTION])
@on_gpu
def test_attention_mesh_is_within_a_fiftieth_of_a_pixel(name: str, astronaut: np.ndarray) -> None:
    pixels = crop(astronaut, 192, 15)
    expected, presence = litert_results(content_of(name), [pixels])
    found, flag = results(compile_network(content_of(name)), [pixels])
    assert presence.item() > 5  # it is a face
    assert np.abs(found.ravel() - expected.ravel()).max() <= 0.02
    assert abs(flag.item() - presence.item()) <= 0.001


@pytest.mark.parametrize(
    ("name", "size", "tolerance"),
    # Landmarks in pixels of 192; a detector's boxes in pixels of its input, beside its scores.
    [(MESH, 192, 0.02), ("face_detection_short_range", 128, 0.02), ("face_detection_full_range", 192, 0.02)],
)
@on_gpu
def test_network_gives_what_litert_gives(
    name: str, size: int, tolerance: float, astronaut: np.ndarray
) -> None:
    pixels = crop(astronaut, size, -10).astype(np.float32) / 255
    expected = litert_results(content_of(name), [pixels])
    found = results(compile_network(content_of(name)), [pixels])
    for one, other in zip(found, expected, strict=True):
        assert np.abs(one.ravel() - other.ravel()).max() <= tolerance


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
def test_the_file_as_google_released_it_runs_with_its_custom_operators(astronaut: np.ndarray) -> None:
    """LiteRT's interpreter lacks these operators, so the converted file stands for them."""
    pixels = crop(astronaut, 192).astype(np.float32) / 255
    expected = litert_results(model_path(ATTENTION).read_bytes(), [pixels])
    program = compile_network(ModelStore().official_path(ATTENTION).read_bytes())
    for one, other in zip(results(program, [pixels]), expected, strict=True):
        assert np.abs(one.ravel() - other.ravel()).max() <= 0.02
    shaders = Counter(dispatch.shader for dispatch in program.dispatches)
    assert shaders["bilinear_crop"] == shaders["transform_matrix"] == 3


def test_networks_are_few_dispatches() -> None:
    """Every dispatch costs time in every frame, so that a change that adds some is seen."""
    most = {"open": 87, ATTENTION: 44, MESH: 25, "face_detection_short_range": 24, "blend shapes": 6}
    counts = {name: len(compile_network(content_of(name)).dispatches) for name in most}
    assert all(counts[name] <= most[name] for name in most), counts
