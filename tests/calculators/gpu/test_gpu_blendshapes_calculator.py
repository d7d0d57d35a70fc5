"""Blend shapes on the GPU are the CPU's."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import CalculatorError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.models.inference.blendshape_network import reference_face
from attention_mesh.tests.webgpu.gpu_process import gpu_recorder, on_gpu

SIZE = (640, 480)


def faces(count: int) -> np.ndarray:
    """(count, 478, 3) float32, fractions of a frame of SIZE: turned, moved and distorted reference faces."""
    rng = np.random.default_rng(3)
    points = []
    for number in range(count):
        turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
        turn *= np.linalg.det(turn)  # no mirror
        distorted = reference_face().points + rng.normal(0, 0.3, (478, 3))
        placed = 8 * distorted @ turn.T * (1, -1, -1) + (100 + 90 * number, 200, 0)
        points.append(placed / (SIZE[0], SIZE[1], SIZE[0]))
    return np.array(points, np.float32)


@on_gpu
@pytest.mark.parametrize("knows_neutral", [False, True])
def test_the_coefficients_are_the_cpus(knows_neutral: bool) -> None:
    gpu, points = gpu_recorder(), faces(5)
    side = {}
    if knows_neutral:
        noise = np.random.default_rng(4).normal(0, 0.2, (478, 3))
        side["NEUTRAL"] = (reference_face().points + noise).astype(np.float32)
    inputs = {"LANDMARKS": [(0, NormalizedLandmarks(points))], "IMAGE_SIZE": [(0, SIZE)]}
    (expected,) = run_calculator("BlendshapesCalculator", inputs, side).values("BLENDSHAPES")
    given = {
        "LANDMARKS": [(0, gpu.upload(points))],
        "IMAGE_GPU": [(0, gpu.picture(SIZE))],
        "COUNT": [(0, gpu.upload(np.array([4], np.uint32)))],
    }
    run = run_calculator("GpuBlendshapesCalculator", given, side, services={GPU_SERVICE: gpu})
    (found,) = run.values("BLENDSHAPES")
    assert found.shape == (5, 52)
    np.testing.assert_allclose(gpu.read(found).result()[:4], expected[:4], atol=1e-3)
    assert np.ptp(expected[:4], axis=0).max() > 0.1  # the faces differ


@on_gpu
def test_faces_without_irises_have_none() -> None:
    gpu = gpu_recorder()
    given = {"LANDMARKS": [(0, gpu.tensor((1, 468, 3)))], "IMAGE_GPU": [(0, gpu.picture(SIZE))]}
    with pytest.raises(CalculatorError, match=r"shape \(1, 468, 3\); blend shapes need"):
        run_calculator("GpuBlendshapesCalculator", given, services={GPU_SERVICE: gpu})
