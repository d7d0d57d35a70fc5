"""The attention network's landmark outputs as one mesh."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError
from attention_mesh.framework.testing import run_calculator

NAME = "AttentionTensorsToLandmarksCalculator"
SIZES = (1404, 160, 142, 142, 10, 10)


def outputs(faces: int) -> list[np.ndarray]:
    random = np.random.default_rng(faces)
    return [random.uniform(0, 192, (faces, 1, 1, size)).astype(np.float32) for size in SIZES]


def test_regions_take_their_places_and_irises_the_depth_of_their_eye():
    tensors = outputs(2)
    (landmarks,) = run_calculator(NAME, {"TENSORS": [(0, tensors)]}).values("LANDMARKS")
    points = landmarks.points * 192
    assert points.shape == (2, 478, 3)
    mesh = tensors[0].reshape(2, 468, 3)
    np.testing.assert_allclose(points[:, 1], mesh[:, 1], atol=1e-4)  # the nose is the mesh's
    np.testing.assert_allclose(points[:, 61, :2], tensors[1].reshape(2, 80, 2)[:, 0], atol=1e-4)
    np.testing.assert_allclose(points[:, 33, :2], tensors[2].reshape(2, 71, 2)[:, 0], atol=1e-4)
    np.testing.assert_allclose(points[:, 33, 2], mesh[:, 33, 2], atol=1e-4)
    np.testing.assert_allclose(points[:, 468:473, :2], tensors[4].reshape(2, 5, 2), atol=1e-4)
    contour = [33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173]
    for iris in range(468, 473):
        np.testing.assert_allclose(points[:, iris, 2], mesh[:, contour, 2].mean(axis=1), atol=1e-3)


def test_another_number_of_tensors_is_refused():
    with pytest.raises(CalculatorError, match="5 tensors; the attention network has 6 landmark outputs"):
        run_calculator(NAME, {"TENSORS": [(0, outputs(1)[:5])]})
