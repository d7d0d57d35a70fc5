"""MissingCandidatesCalculator: whether there are as many candidates as faces asked."""

import numpy as np
import pytest

from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_rects import NormalizedRects


@pytest.mark.parametrize(
    ("known", "found", "wider", "passes"),
    [(1, 0, True, True), (1, 1, True, False), (0, 2, True, False), (0, 0, False, False)],
)
def test_an_image_passes_while_candidates_are_fewer_than_two(known, found, wider, passes):
    inputs = {
        "IMAGE": [(0, np.zeros((4, 4, 3), np.uint8))],
        "KNOWN": [(0, NormalizedRects(np.zeros((known, 5), np.float32)))],
        "DETECTIONS": [(0, Detections(np.zeros((found, 4)), np.zeros((found, 6, 2)), np.zeros(found)))],
    }
    run = run_calculator("MissingCandidatesCalculator", inputs, {"NUM_FACES": 2, "WIDER": wider})
    assert bool(run.packets("IMAGE")) == passes
