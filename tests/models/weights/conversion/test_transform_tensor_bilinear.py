"""`TransformTensorBilinear` as built-in operators gives what its formula gives."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.models.weights.conversion.operator_writer import OperatorWriter
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph
from attention_mesh.models.weights.conversion.transform_tensor_bilinear import (
    transform_tensor_bilinear,
    write_transform_tensor_bilinear,
)

ROWS, COLUMNS, CHANNELS = 7, 9, 3


def affine(scale: float = 1.0, angle: float = 0.0, shift=(0.0, 0.0)) -> np.ndarray:
    matrix = np.eye(4)
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    matrix[:2, :2] = [[cos, -sin], [sin, cos]]
    matrix[:2, 3] = shift
    return matrix


def crop(features: np.ndarray, matrices: np.ndarray, height: int, width: int, run_tflite) -> np.ndarray:
    """features (N, H, W, C), matrices (N, R, 4, 4) → (N, R, height, width, C) by the built-in operators."""
    graph = TfliteGraph.empty()
    source = graph.add_input((1, *features.shape[1:]))
    rows = graph.add_input((1, matrices.shape[1], 2, 3))
    graph.set_outputs([write_transform_tensor_bilinear(OperatorWriter(graph), source, rows, height, width)])
    compact = matrices[:, :, :2][..., [0, 1, 3]]
    (stacked,) = run_tflite(graph.to_bytes(), features, compact.astype(np.float32))
    parts = stacked.reshape(len(features), height, width, matrices.shape[1], features.shape[3])
    return np.moveaxis(parts, 3, 1)


@pytest.fixture
def features() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(3, ROWS, COLUMNS, CHANNELS)).astype(np.float32)


def check(features, matrices, run_tflite, height=5, width=4):
    ours = crop(features, matrices, height, width, run_tflite)
    for region in range(matrices.shape[1]):
        expected = transform_tensor_bilinear(features, matrices[:, region], height, width)
        # Positions are float32: 1e-6 of a cell, times features of size 4.
        np.testing.assert_allclose(ours[:, region], expected, atol=2e-5)
    return ours


def test_the_identity_copies_cells(features, run_tflite):
    matrices = np.tile(affine(), (3, 1, 1, 1))
    ours = check(features, matrices, run_tflite, ROWS, COLUMNS)
    np.testing.assert_allclose(ours[:, 0], features, atol=1e-6)


def test_half_a_cell_is_the_mean_of_neighbours(features):
    moved = transform_tensor_bilinear(features, np.tile(affine(shift=(0.5, 0)), (3, 1, 1)), ROWS, COLUMNS - 1)
    np.testing.assert_allclose(moved, (features[:, :, :-1] + features[:, :, 1:]) / 2)


def test_samples_outside_are_zero_without_blending(features, run_tflite):
    # A quarter of a cell beyond the first column and the last row: zero, although half a cell overlaps.
    matrices = np.tile(affine(shift=(-0.25, 0.25)), (3, 1, 1, 1))
    ours = check(features, matrices, run_tflite, ROWS, COLUMNS)
    assert np.all(ours[:, 0, :, 0] == 0) and np.all(ours[:, 0, -1] == 0)
    assert np.all(ours[:, 0, :-1, 1:] != 0)


def test_the_last_cell_itself_is_inside(features, run_tflite):
    # Whole-cell shifts put samples exactly on column W−1 and row H−1, which count as inside.
    matrices = np.tile(affine(shift=(COLUMNS - 4.0, ROWS - 5.0)), (3, 1, 1, 1))
    ours = check(features, matrices, run_tflite)
    np.testing.assert_allclose(ours[:, 0, -1, -1], features[:, -1, -1], atol=1e-6)


def test_rotations_that_reach_over_all_borders(features, run_tflite):
    angles = np.linspace(0, 2 * np.pi, 3)
    matrices = np.stack([[affine(1.6, angle + turn, (4.5, 1.0)) for turn in (0.3, 1.1)] for angle in angles])
    ours = check(features, matrices, run_tflite)
    assert (ours == 0).any() and (ours != 0).any()


def test_every_face_and_region_samples_its_own(features, run_tflite):
    random = np.random.default_rng(5)
    matrices = np.array(
        [
            [affine(random.uniform(0.3, 1), random.uniform(-1, 1), random.uniform(1, 5, 2)) for _ in range(3)]
            for _ in range(3)
        ]
    )
    check(features, matrices, run_tflite, 6, 6)


def test_far_outside_is_zero(features, run_tflite):
    matrices = np.tile(affine(shift=(1e6, -1e6)), (3, 1, 1, 1))
    assert np.all(crop(features, matrices, 4, 4, run_tflite) == 0)
