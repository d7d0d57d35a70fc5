"""EyeAspectRatioCalculator: ratios of both eyes in the picture."""

import numpy as np

from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.eye_aspect_ratio import eye_aspect_ratios
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.models.topology.landmark_groups import landmark_groups

NAME = "EyeAspectRatioCalculator"
SIZE = (640, 320)


def test_ratios_are_measured_in_pixels_left_first():
    points_px = np.random.default_rng(0).uniform(0, 300, (2, 478, 3)).astype(np.float32)
    landmarks = NormalizedLandmarks.from_pixels(points_px, SIZE)
    run = run_calculator(NAME, {"LANDMARKS": [(0, landmarks)], "IMAGE_SIZE": [(0, SIZE)]})
    lids = np.stack([landmark_groups()[f"{side}_eye_aspect"] for side in ("left", "right")])
    np.testing.assert_allclose(
        run.values("EYE_ASPECT_RATIOS")[0], eye_aspect_ratios(points_px[:, :, :2], lids), rtol=1e-4
    )


def test_no_face_and_no_packet_pass():
    run = run_calculator(
        NAME,
        {"LANDMARKS": [(0, NormalizedLandmarks.empty())], "IMAGE_SIZE": [(0, SIZE), (50, SIZE)]},
        bounds={"LANDMARKS": 60},
    )
    assert [value.shape for value in run.values("EYE_ASPECT_RATIOS")] == [(0, 2)]
