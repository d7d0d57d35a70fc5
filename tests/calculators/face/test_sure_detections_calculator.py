"""SureDetectionsCalculator: detections that need no second look."""

import numpy as np
import pytest

from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections


@pytest.mark.parametrize(
    ("wider", "options", "scores"),
    [(True, None, [0.9]), (True, {"sure_score": 0.5}, [0.9, 0.6]), (False, None, [0.9, 0.6, 0.4])],
)
def test_detections_pass_if_they_are_sure_or_if_no_second_look_follows(wider, options, scores):
    found = Detections(np.zeros((3, 4)), np.zeros((3, 6, 2)), np.array([0.9, 0.6, 0.4]))
    run = run_calculator("SureDetectionsCalculator", {"DETECTIONS": [(0, found)]}, {"WIDER": wider}, options)
    np.testing.assert_allclose(run.values("DETECTIONS")[0].scores, scores)
