"""Whether a detection is sure enough."""

import numpy as np
import pytest

from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections


@pytest.mark.parametrize(
    ("scores", "options", "found"),
    [
        ([], {}, False),
        ([0.49], {}, False),
        ([0.2, 0.5], {}, True),
        ([0.6], {"min_score": 0.7}, False),
    ],
)
def test_one_sure_detection_is_enough(scores, options, found):
    count = len(scores)
    detections = Detections(np.zeros((count, 4)), np.zeros((count, 6, 2)), np.array(scores))
    run = run_calculator("ConfidentDetectionCalculator", {"DETECTIONS": [(7, detections)]}, options=options)
    assert run.values("FOUND") == [found]
