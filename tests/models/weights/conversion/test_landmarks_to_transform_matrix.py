"""`Landmarks2TransformMatrix` as built-in operators gives what its formula gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from attention_mesh.models.weights.conversion.landmarks_to_transform_matrix import (
    transform_matrix,
    write_transform_matrices,
)
from attention_mesh.models.weights.conversion.operator_writer import OperatorWriter
from attention_mesh.models.weights.conversion.region import Region
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph

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


def built(regions: list[Region], scale: float = 1.0, dimensions: int = 3) -> bytes:
    graph = TfliteGraph.empty()
    landmarks = graph.add_input((1, POINTS * dimensions))
    matrices = write_transform_matrices(OperatorWriter(graph), landmarks, regions, scale, dimensions)
    graph.set_outputs([matrices])
    return graph.to_bytes()


def rows(matrix: np.ndarray) -> np.ndarray:
    """(N, 4, 4) → (N, 2, 3): the entries that the operators write."""
    return matrix[:, :2][..., [0, 1, 3]]


@pytest.fixture
def landmarks() -> np.ndarray:
    return np.random.default_rng(3).uniform(5, 180, (4, POINTS, 3)).astype(np.float32)


def check(landmarks, regions, run_tflite, scale=1.0):
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
    matrix = transform_matrix(landmarks, Region.from_options(options))[0]
    # 1.5 × 20 over 16 cells, 1.5 × 4 over 16 cells, and the grid's centre on the box's.
    np.testing.assert_allclose(np.diag(matrix), [1.875, 0.375, 1, 1])
    np.testing.assert_allclose(matrix @ [8, 8, 0, 1], [20, 22, 0, 1])


def test_the_formula_turns_the_line_to_the_target():
    landmarks = np.random.default_rng(0).uniform(0, 100, (1, POINTS, 3))
    region = Region.from_options(OPTIONS | {"target_rotation_radians": 0.4})
    matrix = transform_matrix(landmarks, region)[0]
    left, right = (np.linalg.solve(matrix, [*landmarks[0, index, :2], 0, 1])[:2] for index in (3, 8))
    cells = np.array([np.linalg.norm(matrix[:2, 0]), np.linalg.norm(matrix[:2, 1])])
    across, down = (right - left) * cells
    assert np.arctan2(down, across) == pytest.approx(0.4)


def test_single_region_in_a_batch(landmarks, run_tflite):
    check(landmarks, [Region.from_options(OPTIONS)], run_tflite)


def test_two_dimensional_landmarks(landmarks, run_tflite):
    check(landmarks[..., :2], [Region.from_options(OPTIONS)], run_tflite)


def test_landmarks_are_scaled_first(landmarks, run_tflite):
    check(landmarks, [Region.from_options(OPTIONS)], run_tflite, scale=0.25)


def test_an_odd_subset_repeats_its_last(landmarks, run_tflite):
    region = Region.from_options(OPTIONS | {"subset_idxs": [1, 5, 6]})
    assert region.subset == (1, 5, 6, 6)
    check(landmarks, [region], run_tflite)


@pytest.mark.parametrize("target", [0.7, -2.0, np.pi])
def test_target_rotation_and_unequal_sizes(landmarks, run_tflite, target):
    options = {"target_rotation_radians": target, "output_height": 6, "output_width": 10, "scale_x": 1.25}
    check(landmarks, [Region.from_options(OPTIONS | options)], run_tflite)


def test_regions_of_different_subset_lengths_share_one_graph(landmarks, run_tflite):
    first = Region.from_options(OPTIONS)
    check(landmarks, [first, replace(first, subset=(2, 10), rotation_left=1), first], run_tflite)


@pytest.mark.parametrize("angle", np.linspace(-np.pi, np.pi, 9))
def test_every_direction_of_the_line(landmarks, run_tflite, angle):
    landmarks[:, 8, :2] = landmarks[:, 3, :2] + 20 * np.array([np.cos(angle), np.sin(angle)])
    check(landmarks, [Region.from_options(OPTIONS)], run_tflite)


def test_a_line_without_length_counts_as_level(landmarks, run_tflite):
    landmarks[:, 8] = landmarks[:, 3]
    check(landmarks, [Region.from_options(OPTIONS)], run_tflite)


def test_regions_that_cannot_share_a_crop_are_refused():
    first = Region.from_options(OPTIONS)
    with pytest.raises(ValueError, match="one size, scale and target"):
        built([first, replace(first, scale_x=2.0)])
