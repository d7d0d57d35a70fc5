"""Landmarks and next regions on the GPU are those of the CPU's functions."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.calculators.gpu.kernels.face_rows import rects_of, rows_of
from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import CalculatorError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.geometry.projection import project_landmarks
from attention_mesh.geometry.regions_of_interest import landmarks_to_rects
from attention_mesh.geometry.scores import presence_scores
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.tests.webgpu.gpu_process import gpu_recorder, on_gpu

SIZE = 640, 360


def square_regions() -> NormalizedRects:
    values_px = np.array(
        [[200, 150, 120, 120, 0.3], [400, 200, 90, 90, -2.5], [50, 60, 40, 40, 0], [1, 1, 8, 8, 1]]
    )
    return NormalizedRects.from_pixels(values_px, SIZE, np.array([3, 1, 4, 2]))


@on_gpu
@pytest.mark.parametrize("count", [478, 468])
def test_faces_are_projected_and_followed_as_on_the_cpu(count: int) -> None:
    gpu, rects = gpu_recorder(), square_regions()
    points = np.random.default_rng(count).normal(96, 30, (4, count, 3)).astype(np.float32)
    logits = np.array([9.0, -0.01, 0.01, 100.0], np.float32)  # the second is just no face
    rows = rows_of(rects, SIZE, np.array([0.9, 0.9, 0.9, 0.0], np.float32))  # the fourth slot is empty
    run = run_calculator(
        "GpuFaceLandmarksCalculator",
        {
            "TENSORS": [(0, [gpu.upload(points.reshape(4, -1)), gpu.upload(logits.reshape(4, 1, 1, 1))])],
            "ROIS": [(0, gpu.upload(rows))],
            "IMAGE_GPU": [(0, gpu.picture(SIZE))],
        },
        services={GPU_SERVICE: gpu},
    )
    placed, faces, following = (
        gpu.read(run.values(port)[0]).result() for port in ("LANDMARKS", "FACES", "NEXT_ROIS")
    )
    expected = project_landmarks(points, rects.values, crop_side=192)
    np.testing.assert_allclose(placed, expected, atol=1e-5)  # of the frame
    assert (faces[:, 5] > 0).tolist() == (following[:, 5] > 0).tolist() == [True, False, True, False]
    assert not faces[[1, 3]].any() and not following[[1, 3]].any()
    holds = [0, 2]
    np.testing.assert_allclose(faces[holds, 5], presence_scores(logits)[holds], atol=1e-6)
    np.testing.assert_allclose(faces[holds, :5], rows[holds, :5])
    assert rects_of(following[holds], SIZE).ids.tolist() == [3, 4]
    eyes = landmark_groups()["outer_eye_corners"].tolist()
    rois = landmarks_to_rects(expected[holds], SIZE, (eyes[0], eyes[1]))
    np.testing.assert_allclose(rects_of(following[holds], SIZE).values, rois, atol=1e-5)
    boxes = (expected[holds, :, :2].max(1) - expected[holds, :, :2].min(1)) * SIZE
    np.testing.assert_allclose(faces[holds, 7], boxes.mean(1), rtol=1e-4)


@on_gpu
def test_tensors_of_another_number_of_faces_are_refused() -> None:
    gpu = gpu_recorder()
    inputs = {
        "TENSORS": [(0, [gpu.tensor((2, 1434)), gpu.tensor((2, 1))])],
        "ROIS": [(0, gpu.tensor((3, 8)))],
        "IMAGE_GPU": [(0, gpu.picture(SIZE))],
    }
    with pytest.raises(CalculatorError, match=r"landmarks of shape \(2, 1434\) with 3 regions"):
        run_calculator("GpuFaceLandmarksCalculator", inputs, services={GPU_SERVICE: gpu})
