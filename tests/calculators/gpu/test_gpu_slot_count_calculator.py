"""Slots are counted for the networks that run on them."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework.testing import run_calculator
from attention_mesh.tests.webgpu.gpu_process import gpu_recorder, on_gpu


@on_gpu
@pytest.mark.parametrize(
    "taken, used, missing",
    [
        (None, 0, 1),  # the first frame
        ([0, 0, 0], 0, 1),
        ([1, 0, 0], 1, 1),
        ([0, 0.6, 0], 2, 1),
        ([1, 0, 1], 3, 1),
        ([0.6, 1, 1], 3, 0),
        ([1], 1, 0),
    ],
)
def test_slots_up_to_the_last_one_that_is_taken(taken: list[float] | None, used: int, missing: int) -> None:
    gpu, rois = gpu_recorder(), []
    if taken is not None:
        rows = np.zeros((len(taken), 8), np.float32)
        rows[:, 5] = taken
        rois = [(0, gpu.upload(rows))]
    inputs = {"TICK": [(0, "frame")], "ROIS": rois}
    run = run_calculator("GpuSlotCountCalculator", inputs, services={GPU_SERVICE: gpu})
    counts = [gpu.read(run.values(port)[0], np.uint32).result().tolist() for port in ("USED", "MISSING")]
    assert counts == [[used], [missing]]
