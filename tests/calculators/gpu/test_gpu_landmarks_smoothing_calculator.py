"""The filter on the GPU follows the CPU's, also when faces come, go and change slots."""

from __future__ import annotations

import numpy as np

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.smoothing_filters import OneEuroFilter
from attention_mesh.tests.webgpu.gpu_process import gpu_recorder, on_gpu

SIZE = 640, 360
FACE_PX = np.array([100.0, 60.0], np.float32)  # sizes of two faces
# Track ids of two slots in each frame, and milliseconds since the frame before.
FRAMES = [
    ((1, 2), 0),
    ((1, 2), 33),
    ((1, 2), 33),
    ((1, 0), 40),  # the second face is gone
    ((1, 2), 33),  # and starts again
    ((1, 3), 1),  # another face in its slot, after an interval that is not believed
    ((1, 3), 33),
    ((1, 3), 1500),  # all start again
    ((1, 3), 33),
]


@on_gpu
def test_each_face_is_filtered_as_on_the_cpu() -> None:
    gpu, random = gpu_recorder(), np.random.default_rng(0)
    still = random.random((2, 20, 3)).astype(np.float32)
    points = [
        still + random.normal(0, 0.01 * (1 + number), still.shape).astype(np.float32) for number in range(9)
    ]
    times = np.cumsum([1000 * gap for _, gap in FRAMES]).tolist()
    rows = np.zeros((len(FRAMES), 2, 8), np.float32)
    rows[:, :, 6] = [ids for ids, _ in FRAMES]
    rows[:, :, 7] = FACE_PX
    picture = gpu.picture(SIZE)
    run = run_calculator(
        "GpuLandmarksSmoothingCalculator",
        {
            "LANDMARKS": [(time, gpu.upload(each)) for time, each in zip(times, points, strict=True)],
            "FACES": [(time, gpu.upload(each)) for time, each in zip(times, rows, strict=True)],
            "IMAGE_GPU": [(time, picture) for time in times],
        },
        services={GPU_SERVICE: gpu},
    )
    cpu = OneEuroFilter(0.05, 80.0, 1.0)
    for number, tensor in enumerate(run.values("FILTERED")):
        ids = np.array(FRAMES[number][0])
        there = ids > 0
        scale = np.array([SIZE[0], SIZE[1], SIZE[0]], np.float32) / FACE_PX[there, None, None]
        expected = cpu.apply(points[number][there], ids[there], times[number], scale)
        found = gpu.read(tensor).result()
        np.testing.assert_allclose(found[there], expected, atol=2e-6)  # of the frame
        if number in (1, 2, 3, 4, 6, 8):
            assert np.abs(found[0] - points[number][0]).max() > 1e-4  # it does smooth


@on_gpu
def test_landmarks_pass_if_it_is_off() -> None:
    gpu = gpu_recorder()
    tensor = gpu.tensor((1, 5, 3))
    inputs = {
        "LANDMARKS": [(0, tensor)],
        "FACES": [(0, gpu.tensor((1, 8)))],
        "IMAGE_GPU": [(0, gpu.picture(SIZE))],
    }
    run = run_calculator(
        "GpuLandmarksSmoothingCalculator", inputs, {"ENABLE": False}, services={GPU_SERVICE: gpu}
    )
    assert run.values("FILTERED") == [tensor]
