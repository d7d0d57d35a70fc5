"""The small nodes that count and cut lists of detections."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections

THREE = Detections(np.zeros((3, 4)), np.zeros((3, 6, 2)), np.array([0.9, 0.8, 0.7]))


def test_has_min_size_counts():
    name = "DetectionVectorHasMinSizeCalculator"
    packets = {"ITERABLE": [(1, THREE), (2, Detections.empty())]}
    assert run_calculator(name, packets, options="min_size: 3").values("") == [True, False]
    assert run_calculator(name, packets, {"": 4}).values("") == [False, False]
    with pytest.raises(ConfigError, match="min_size is -1"):
        run_calculator(name, packets, options="min_size: -1")


def test_clip_keeps_the_first():
    name = "ClipDetectionVectorSizeCalculator"
    (clipped,) = run_calculator(name, {"": [(1, THREE)]}, {"": 2}).values("")
    np.testing.assert_allclose(clipped.scores, [0.9, 0.8])
    assert len(run_calculator(name, {"": [(1, THREE)]}).values("")[0]) == 1
    assert run_calculator(name, {"": [(1, THREE)]}, options="max_vec_size: 5").values("")[0] is THREE
    with pytest.raises(CalculatorError, match="at most 0 detections; expected at least 1"):
        run_calculator(name, {"": [(1, THREE)]}, {"": 0})
