"""The GPU decides whether a second detector looks, and pools what both have found."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.calculators.gpu.kernels.face_rows import ROW, SCORE
from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework.testing import run_calculator
from attention_mesh.tests.webgpu.gpu_process import gpu_recorder, on_gpu


def rows(*faces: tuple[float, float]) -> np.ndarray:
    """(F, 8) float32: squares of 100 px at (x, 50) px, with a score each; 0 is an empty row."""
    table = np.zeros((len(faces), ROW), np.float32)
    for row, (x_px, score) in zip(table, faces, strict=True):
        if score:
            row[:4], row[SCORE] = (x_px, 50, 100, 100), score
    return table


EMPTY = (0, 0)


@on_gpu
@pytest.mark.parametrize(
    "tracked, detected, looks",
    [
        (rows(EMPTY, EMPTY), rows(EMPTY), 1),
        (rows((100, 1), EMPTY), rows(EMPTY), 1),
        (rows((100, 1), (300, 0.9)), rows(EMPTY), 0),
        (rows((100, 1), EMPTY), rows((300, 0.9)), 0),
        (rows((100, 1), EMPTY), rows((300, 0.6)), 1),  # not sure
        (rows((100, 1), EMPTY), rows((110, 0.9)), 1),  # the tracked face
        (None, rows((100, 0.9), (300, 0.9)), 0),
        (None, None, 1),
    ],
)
def test_it_looks_while_fewer_faces_are_known_than_asked_for(
    tracked: np.ndarray | None, detected: np.ndarray | None, looks: int
) -> None:
    gpu = gpu_recorder()
    inputs: dict[str, list] = {"TICK": [(0, 1)]}
    for tag, table in (("TRACKED", tracked), ("DETECTIONS", detected)):
        inputs[tag] = [] if table is None else [(0, gpu.upload(table))]
    run = run_calculator("GpuWiderLookCalculator", inputs, {"NUM_FACES": 2}, services={GPU_SERVICE: gpu})
    (count,) = run.values("COUNT")
    assert gpu.read(count, np.uint32).result().tolist() == [looks]


@on_gpu
def test_faces_that_the_first_detector_has_are_left_out() -> None:
    gpu = gpu_recorder()
    first, second = rows((100, 0.9), EMPTY), rows((120, 0.8), (300, 0.7), EMPTY)
    inputs = {"FIRST": [(0, gpu.upload(first))], "SECOND": [(0, gpu.upload(second))]}
    run = run_calculator("GpuDetectionPoolCalculator", inputs, services={GPU_SERVICE: gpu})
    (pool,) = run.values("DETECTIONS")
    expected = rows((100, 0.9), EMPTY, EMPTY, (300, 0.7), EMPTY)
    np.testing.assert_array_equal(gpu.read(pool).result(), expected)


@on_gpu
def test_without_one_detector_the_others_detections_pass() -> None:
    gpu = gpu_recorder()
    table = gpu.upload(rows((100, 0.9)))
    for tags in (("FIRST", "SECOND"), ("SECOND", "FIRST")):
        inputs = {tags[0]: [(0, table)], tags[1]: []}
        run = run_calculator("GpuDetectionPoolCalculator", inputs, services={GPU_SERVICE: gpu})
        assert run.values("DETECTIONS") == [table]
