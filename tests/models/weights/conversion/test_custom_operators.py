"""Each custom operator as built-in operators gives what its formula gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from attention_mesh.models.weights.conversion.custom_operators import (
    RegionOptions,
    transform_landmarks,
    transform_matrix,
    transform_tensor_bilinear,
    write_transform_landmarks,
    write_transform_matrices,
    write_transform_tensor_bilinear,
)
from attention_mesh.models.weights.conversion.operator_writer import OperatorWriter
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph

# Landmarks2TransformMatrix

POINTS = 12
OPTIONS = {
    "subset_idxs": [0, 3, 4, 7, 9, 11],
    "left_rotation_idx": 3,
    "right_rotation_idx": 8,
    "target_rotation_radians": 0.0,
    "output_height": 16,
    "output_width": 16,
    "scale_x": 1.5,
    "scale_y": 1.5,
}


def built(regions: list[RegionOptions], scale: float = 1.0, dimensions: int = 3) -> bytes:
    graph = TfliteGraph.empty()
    landmarks = graph.add_input((1, POINTS * dimensions))
    matrices = write_transform_matrices(OperatorWriter(graph), landmarks, regions, scale, dimensions)
    graph.set_outputs([matrices])
    return graph.to_bytes()


def rows(matrix: np.ndarray) -> np.ndarray:
    """The entries that the operators write, from (N, 4, 4) to (N, 2, 3)."""
    return matrix[:, :2][..., [0, 1, 3]]


@pytest.fixture
def landmarks() -> np.ndarray:
    return np.random.default_rng(3).uniform(5, 180, (4, POINTS, 3)).astype(np.float32)


def check_matrices(landmarks, regions, run_tflite, scale=1.0):
    flat = landmarks.reshape(len(landmarks), -1)
    (ours,) = run_tflite(built(regions, scale, landmarks.shape[2]), flat)
    assert ours.shape == (len(landmarks), len(regions), 2, 3)
    for index, region in enumerate(regions):
        expected = rows(transform_matrix(landmarks * scale, region))
        # Shifts are up to 300 in size, in float32.
        np.testing.assert_allclose(ours[:, index], expected, atol=2e-4)


def test_a_level_line_gives_the_box_itself():
    landmarks = np.zeros((1, POINTS, 3))
    landmarks[0, :4, :2] = [[10, 20], [30, 20], [10, 24], [30, 24]]
    options = OPTIONS | {"subset_idxs": [0, 1, 2, 3], "left_rotation_idx": 0, "right_rotation_idx": 1}
    matrix = transform_matrix(landmarks, RegionOptions.from_options(options))[0]
    # 1.5 × 20 over 16 cells, 1.5 × 4 over 16 cells, and the grid's center on the box's.
    np.testing.assert_allclose(np.diag(matrix), [1.875, 0.375, 1, 1])
    np.testing.assert_allclose(matrix @ [8, 8, 0, 1], [20, 22, 0, 1])


def test_the_formula_turns_the_line_to_the_target():
    landmarks = np.random.default_rng(0).uniform(0, 100, (1, POINTS, 3))
    region = RegionOptions.from_options(OPTIONS | {"target_rotation_radians": 0.4})
    matrix = transform_matrix(landmarks, region)[0]
    left, right = (np.linalg.solve(matrix, [*landmarks[0, index, :2], 0, 1])[:2] for index in (3, 8))
    cells = np.array([np.linalg.norm(matrix[:2, 0]), np.linalg.norm(matrix[:2, 1])])
    across, down = (right - left) * cells
    assert np.arctan2(down, across) == pytest.approx(0.4)


def test_single_region_in_a_batch(landmarks, run_tflite):
    check_matrices(landmarks, [RegionOptions.from_options(OPTIONS)], run_tflite)


def test_two_dimensional_landmarks(landmarks, run_tflite):
    check_matrices(landmarks[..., :2], [RegionOptions.from_options(OPTIONS)], run_tflite)


def test_landmarks_are_scaled_first(landmarks, run_tflite):
    check_matrices(landmarks, [RegionOptions.from_options(OPTIONS)], run_tflite, scale=0.25)


def test_an_odd_subset_repeats_its_last(landmarks, run_tflite):
    region = RegionOptions.from_options(OPTIONS | {"subset_idxs": [1, 5, 6]})
    assert region.subset == (1, 5, 6, 6)
    check_matrices(landmarks, [region], run_tflite)


@pytest.mark.parametrize("target", [0.7, -2.0, np.pi])
def test_target_rotation_and_unequal_sizes(landmarks, run_tflite, target):
    options = {"target_rotation_radians": target, "output_height": 6, "output_width": 10, "scale_x": 1.25}
    check_matrices(landmarks, [RegionOptions.from_options(OPTIONS | options)], run_tflite)


def test_regions_of_different_subset_lengths_share_one_graph(landmarks, run_tflite):
    first = RegionOptions.from_options(OPTIONS)
    check_matrices(landmarks, [first, replace(first, subset=(2, 10), rotation_left=1), first], run_tflite)


@pytest.mark.parametrize("angle", np.linspace(-np.pi, np.pi, 9))
def test_every_direction_of_the_line(landmarks, run_tflite, angle):
    landmarks[:, 8, :2] = landmarks[:, 3, :2] + 20 * np.array([np.cos(angle), np.sin(angle)])
    check_matrices(landmarks, [RegionOptions.from_options(OPTIONS)], run_tflite)


def test_a_line_without_length_counts_as_level(landmarks, run_tflite):
    landmarks[:, 8] = landmarks[:, 3]
    check_matrices(landmarks, [RegionOptions.from_options(OPTIONS)], run_tflite)


def test_regions_that_cannot_share_a_crop_are_refused():
    first = RegionOptions.from_options(OPTIONS)
    with pytest.raises(ValueError, match="one size, scale and target"):
        built([first, replace(first, scale_x=2.0)])


# TransformTensorBilinear

ROWS, COLUMNS, CHANNELS = 7, 9, 3


def affine(scale: float = 1.0, angle: float = 0.0, shift=(0.0, 0.0)) -> np.ndarray:
    matrix = np.eye(4)
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    matrix[:2, :2] = [[cos, -sin], [sin, cos]]
    matrix[:2, 3] = shift
    return matrix


def crop(features: np.ndarray, matrices: np.ndarray, height: int, width: int, run_tflite) -> np.ndarray:
    """The crops (N, R, height, width, C) of features (N, H, W, C) by matrices (N, R, 4, 4)."""
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


def check_crops(features, matrices, run_tflite, height=5, width=4):
    ours = crop(features, matrices, height, width, run_tflite)
    for region in range(matrices.shape[1]):
        expected = transform_tensor_bilinear(features, matrices[:, region], height, width)
        # Positions are float32: 1e-6 of a cell, times features of size 4.
        np.testing.assert_allclose(ours[:, region], expected, atol=2e-5)
    return ours


def test_the_identity_copies_cells(features, run_tflite):
    matrices = np.tile(affine(), (3, 1, 1, 1))
    ours = check_crops(features, matrices, run_tflite, ROWS, COLUMNS)
    np.testing.assert_allclose(ours[:, 0], features, atol=1e-6)


def test_half_a_cell_is_the_mean_of_neighbors(features):
    moved = transform_tensor_bilinear(features, np.tile(affine(shift=(0.5, 0)), (3, 1, 1)), ROWS, COLUMNS - 1)
    np.testing.assert_allclose(moved, (features[:, :, :-1] + features[:, :, 1:]) / 2)


def test_samples_outside_are_zero_without_blending(features, run_tflite):
    # A quarter of a cell beyond the first column and the last row: zero, although half a cell overlaps.
    matrices = np.tile(affine(shift=(-0.25, 0.25)), (3, 1, 1, 1))
    ours = check_crops(features, matrices, run_tflite, ROWS, COLUMNS)
    assert np.all(ours[:, 0, :, 0] == 0) and np.all(ours[:, 0, -1] == 0)
    assert np.all(ours[:, 0, :-1, 1:] != 0)


def test_the_last_cell_itself_is_inside(features, run_tflite):
    # Whole-cell shifts put samples exactly on column W−1 and row H−1, which count as inside.
    matrices = np.tile(affine(shift=(COLUMNS - 4.0, ROWS - 5.0)), (3, 1, 1, 1))
    ours = check_crops(features, matrices, run_tflite)
    np.testing.assert_allclose(ours[:, 0, -1, -1], features[:, -1, -1], atol=1e-6)


def test_rotations_that_reach_over_all_borders(features, run_tflite):
    angles = np.linspace(0, 2 * np.pi, 3)
    matrices = np.stack([[affine(1.6, angle + turn, (4.5, 1.0)) for turn in (0.3, 1.1)] for angle in angles])
    ours = check_crops(features, matrices, run_tflite)
    assert (ours == 0).any() and (ours != 0).any()


def test_every_face_and_region_samples_its_own(features, run_tflite):
    random = np.random.default_rng(5)
    matrices = np.array(
        [
            [affine(random.uniform(0.3, 1), random.uniform(-1, 1), random.uniform(1, 5, 2)) for _ in range(3)]
            for _ in range(3)
        ]
    )
    check_crops(features, matrices, run_tflite, 6, 6)


def test_far_outside_is_zero(features, run_tflite):
    matrices = np.tile(affine(shift=(1e6, -1e6)), (3, 1, 1, 1))
    assert np.all(crop(features, matrices, 4, 4, run_tflite) == 0)


# TransformLandmarks


def test_z_passes_through():
    matrix = np.eye(4)[None]
    matrix[0, :2] = [[0, -2, 0, 5], [2, 0, 0, 7]]
    moved = transform_landmarks([[[3.0, 4.0, 9.0]]], matrix)
    np.testing.assert_allclose(moved, [[[-3, 13, 9]]])


def test_built_in_operators_move_every_head_by_its_own_matrix(run_tflite):
    random = np.random.default_rng(2)
    faces, heads, points = 3, 2, 7
    landmarks = random.uniform(0, 64, (faces, heads, points, 2)).astype(np.float32)
    matrices = np.tile(np.eye(4), (faces, heads, 1, 1))
    matrices[:, :, :2] = random.normal(size=(faces, heads, 2, 4))

    graph = TfliteGraph.empty()
    homogeneous, rows = graph.add_input((1, heads, points, 3)), graph.add_input((1, heads, 2, 3))
    graph.set_outputs([write_transform_landmarks(OperatorWriter(graph), homogeneous, rows)])
    ones = np.ones((faces, heads, points, 1), np.float32)
    inputs = np.concatenate([landmarks, ones], -1), matrices[:, :, :2][..., [0, 1, 3]].astype(np.float32)
    (ours,) = run_tflite(graph.to_bytes(), *inputs)

    for head in range(heads):
        expected = transform_landmarks(landmarks[:, head], matrices[:, head])
        np.testing.assert_allclose(ours[:, head], expected, atol=1e-4)


def test_a_last_coordinate_of_four_is_the_released_files_scaling(run_tflite):
    # S·T·S⁻¹ with S = diag(4, 4, 1, 1), which the released file multiplies in elementwise.
    matrix = np.tile(np.eye(4), (1, 1, 1, 1))
    matrix[0, 0, :2] = [[0.5, -0.25, 0, 3], [0.25, 0.5, 0, -2]]
    scaling = np.diag([4.0, 4.0, 1.0, 1.0])
    points = np.random.default_rng(0).uniform(0, 64, (1, 5, 2))
    expected = transform_landmarks(points, scaling @ matrix[:, 0] @ np.linalg.inv(scaling))

    graph = TfliteGraph.empty()
    homogeneous, rows = graph.add_input((1, 1, 5, 3)), graph.add_input((1, 1, 2, 3))
    graph.set_outputs([write_transform_landmarks(OperatorWriter(graph), homogeneous, rows)])
    fours = np.concatenate([points[:, None], np.full((1, 1, 5, 1), 4.0)], -1)
    (ours,) = run_tflite(
        graph.to_bytes(), fours.astype(np.float32), matrix[:, :, :2][..., [0, 1, 3]].astype(np.float32)
    )
    np.testing.assert_allclose(ours[:, 0], expected, atol=1e-4)
