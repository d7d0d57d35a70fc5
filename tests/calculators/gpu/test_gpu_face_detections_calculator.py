"""Face regions that the GPU decodes are those of the CPU's nodes."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import CalculatorError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.anchors import ssd_anchors
from attention_mesh.geometry.crop import Cropper
from attention_mesh.geometry.detection_decoding import BoxCoding, decode_detections
from attention_mesh.geometry.letterbox import pad_to_aspect
from attention_mesh.geometry.non_max_suppression import weighted_non_max_suppression
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.geometry.projection import crop_to_image_matrices, project_detections
from attention_mesh.geometry.regions_of_interest import detections_to_rects, transform_rects
from attention_mesh.models.runtime.litert_runner import LitertRunner
from attention_mesh.models.weights.model_files import model_path
from attention_mesh.tests.webgpu.gpu_process import gpu_recorder, on_gpu

ANCHORS = ssd_anchors(
    (128, 128), strides=(8, 16, 16, 16), min_scale=0.1484375, max_scale=0.75, fixed_anchor_size=True
)
CODING = BoxCoding(16, num_keypoints=6, x_scale=128.0, y_scale=128.0, w_scale=128.0, h_scale=128.0)


def expected_rows(
    boxes: np.ndarray, logits: np.ndarray, matrix: np.ndarray, size: tuple[int, int], most: int
) -> np.ndarray:
    """What the CPU's nodes make of a detector's outputs: (M, 6) region in pixels and score."""
    found = decode_detections(boxes, logits, ANCHORS, CODING, min_score=0.5)
    kept = weighted_non_max_suppression(
        project_detections(found, matrix), max_overlap=0.3, max_detections=most
    )
    rects = transform_rects(detections_to_rects(kept, size, (0, 1)), size, scale=(1.5, 1.5), square="long")
    return np.column_stack([rects.in_pixels(size), kept.scores])


def found_rows(
    boxes: np.ndarray,
    logits: np.ndarray,
    matrix: np.ndarray,
    size: tuple[int, int],
    most: int,
    count: int | None = None,
) -> np.ndarray:
    gpu = gpu_recorder()
    counts = [] if count is None else [(0, gpu.upload(np.array([count], np.uint32)))]
    run = run_calculator(
        "GpuFaceDetectionsCalculator",
        {
            "TENSORS": [(0, [gpu.upload(boxes[None]), gpu.upload(logits[None])])],
            "MATRIX": [(0, matrix[None])],
            "IMAGE_GPU": [(0, gpu.picture(size))],
            "COUNT": counts,
        },
        {"ANCHORS": ANCHORS},
        {"max_detections": most},
        services={GPU_SERVICE: gpu},
    )
    return gpu.read(run.values("DETECTIONS")[0]).result()


@on_gpu
def test_two_faces_are_where_the_cpu_finds_them(astronaut: np.ndarray) -> None:
    face = astronaut[:300, 60:400]
    image = np.concatenate([face, face[:, ::-1]], axis=1)
    size = image.shape[1], image.shape[0]
    rect, _ = pad_to_aspect(NormalizedRects.whole_frame().in_pixels(size), (128, 128))
    crop = Cropper((128, 128), (-1.0, 1.0), "zero").crop(image, rect)
    boxes, logits = LitertRunner(model_path("face_detection_short_range"), 1).run([crop])
    matrix = crop_to_image_matrices(np.reshape(rect, (-1, 5)), size)[0]
    expected = expected_rows(boxes[0], logits[0], matrix, size, 8)
    found = found_rows(boxes[0], logits[0], matrix, size, 8)
    assert len(expected) == 2
    np.testing.assert_allclose(found[:2, :6], expected, rtol=1e-4, atol=1e-3)  # px and radians
    assert not found[2:].any() and not found[:, 6:].any()


@on_gpu
@pytest.mark.parametrize("seed", range(6))
def test_any_boxes_are_merged_as_on_the_cpu(seed: int) -> None:
    random = np.random.default_rng(seed)
    boxes = random.normal(0, 12, (896, 16)).astype(np.float32)
    boxes[:, 2:4] = random.normal(25, 15, (896, 2))  # some of negative size
    logits = random.normal(-3, 2.5, (896, 1)).astype(np.float32)
    logits[random.integers(0, 896, 40)] = 1.5  # equal scores
    if seed == 0:
        logits[:] = -9  # nothing
    matrix = np.eye(4, dtype=np.float32)
    matrix[:2, :2], matrix[:2, 3] = np.diag([1.0, 1.6]), (0.0, -0.3)
    expected = expected_rows(boxes, logits, matrix, (640, 400), 5)
    found = found_rows(boxes, logits, matrix, (640, 400), 5)
    assert len(expected) == (0 if seed == 0 else 5)
    np.testing.assert_allclose(
        found[: len(expected), [0, 1, 2, 3, 5]], expected[:, [0, 1, 2, 3, 5]], rtol=1e-3, atol=0.02
    )
    turns = found[: len(expected), 4] - expected[:, 4]
    np.testing.assert_allclose(np.sin(turns / 2), 0, atol=2e-3)  # a full turn is none
    assert not found[len(expected) :].any()


@on_gpu
def test_nothing_is_found_if_the_detector_did_not_run() -> None:
    boxes, logits = np.full((896, 16), 30, np.float32), np.full((896, 1), 5, np.float32)
    matrix = np.eye(4, dtype=np.float32)
    assert found_rows(boxes, logits, matrix, (64, 64), 2, count=1)[0, 5] > 0.9
    assert not found_rows(boxes, logits, matrix, (64, 64), 2, count=0).any()


@on_gpu
def test_tensors_of_another_detector_are_refused() -> None:
    with pytest.raises(CalculatorError, match=r"expected \(1, 896, 16\) and \(1, 896, 1\)"):
        found_rows(np.zeros((9, 16), np.float32), np.zeros((9, 1), np.float32), np.eye(4), (64, 64), 2)
