"""Landmarks from tensors, under the node's older name."""

import numpy as np

from attention_mesh.framework.testing import run_calculator


def test_the_right_eye_is_read_from_the_right():
    tensor = np.array([[16, 32, 6.4, 64, 0, 0]], np.float32)
    run = run_calculator(
        "TfLiteTensorsToLandmarksCalculator",
        {"TENSORS": [(0, [tensor])], "FLIP_HORIZONTALLY": [(0, True)]},
        options="num_landmarks: 2 input_image_width: 64 input_image_height: 64",
    )
    np.testing.assert_allclose(
        run.values("NORM_LANDMARKS")[0].points, [[[0.75, 0.5, 0.1], [0, 0, 0]]], atol=1e-6
    )
