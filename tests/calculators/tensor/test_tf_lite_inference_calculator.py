"""The inference node under its older name."""

import numpy as np
import pytest

from attention_mesh.framework import ConfigError
from attention_mesh.framework.testing import run_calculator

IRIS = 'model_path: "mediapipe/modules/iris_landmark/iris_landmark.tflite" '


def test_it_runs_what_the_new_name_runs():
    eye = np.random.default_rng(0).random((1, 64, 64, 3), np.float32)
    inputs = {"TENSORS": [(0, [eye])]}
    run = run_calculator("TfLiteInferenceCalculator", inputs, options=IRIS + "delegate { xnnpack {} }")
    (tensors,) = run.values("TENSORS")
    assert [tensor.size for tensor in tensors] == [213, 15]
    (expected,) = run_calculator("InferenceCalculator", inputs, options=IRIS).values("TENSORS")
    for tensor, same in zip(tensors, expected, strict=True):
        np.testing.assert_array_equal(tensor, same)


def test_other_processors_are_refused():
    with pytest.raises(ConfigError, match="delegate nnapi is not available"):
        run_calculator("TfLiteInferenceCalculator", {"TENSORS": []}, options=IRIS + "delegate { nnapi {} }")
