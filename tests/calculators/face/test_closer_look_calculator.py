"""CloserLookCalculator: which detections are looked at."""

import numpy as np
import pytest

from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_rects import NormalizedRects

IMAGE = np.zeros((100, 200, 3), np.uint8)


def squares(scores, *, num_faces=1, wider=True, known=None, options=None):
    """The number of squares that are looked at; None if there is no packet."""
    boxes = np.array([[0.1 * place, 0.2, 0.1, 0.2] for place in range(len(scores))])
    keypoints = np.full((len(scores), 6, 2), 0.5)
    keypoints[:, 1, 0] = 0.6
    found = Detections(boxes.reshape(-1, 4), keypoints, np.array(scores))
    inputs = {"IMAGE": [(0, IMAGE)], "DETECTIONS": [(0, found)]}
    if known is not None:
        rects = np.array([[0.5, 0.5, 0.1, 0.1, 0]] * known, np.float32).reshape(-1, 5)
        inputs["TRACKED"] = [(0, NormalizedRects(rects))]
    run = run_calculator("CloserLookCalculator", inputs, {"NUM_FACES": num_faces, "WIDER": wider}, options)
    assert len(run.packets("IMAGE")) == len(run.packets("NORM_RECTS"))
    return len(run.values("NORM_RECTS")[0]) if run.packets("NORM_RECTS") else None


@pytest.mark.parametrize(
    ("scores", "options", "count"),
    [
        ([0.6], {}, 1),
        ([0.6, 0.55], {}, 1),
        ([0.6, 0.55], {"num_faces": 3}, 2),
        ([0.9, 0.6, 0.55], {"num_faces": 2}, 1),
        ([0.9, 0.6], {}, None),
        ([], {}, None),
        ([0.6], {"wider": False}, None),
        ([0.6], {"known": 0}, 1),
        ([0.6], {"known": 1, "num_faces": 2}, None),
        ([0.6], {"options": {"sure_score": 0.5}}, None),
        ([0.6, 0.55], {"num_faces": 3, "options": {"turned": True}}, 8),
    ],
)
def test_the_best_unsure_detections_are_looked_at_while_faces_are_missing(scores, options, count):
    assert squares(scores, **options) == count
