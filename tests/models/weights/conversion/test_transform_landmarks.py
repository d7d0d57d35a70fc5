"""`TransformLandmarks` as built-in operators gives what its formula gives."""

from __future__ import annotations

import numpy as np

from attention_mesh.models.weights.conversion.operator_writer import OperatorWriter
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph
from attention_mesh.models.weights.conversion.transform_landmarks import (
    transform_landmarks,
    write_transform_landmarks,
)


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
