"""DetectionPoolCalculator: what further looks add to the first."""

import numpy as np
import pytest

from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_rects import NormalizedRects


def face(x, *, inverted=False, score=0.6):
    keypoints = np.full((1, 6, 2), 0.5)
    keypoints[0, :2, 0] = (x + 0.05, x - 0.05) if inverted else (x - 0.05, x + 0.05)
    return Detections(np.array([[x - 0.1, 0.4, 0.2, 0.2]]), keypoints, np.array([score]))


def pool(first, second, known=None, options=None):
    inputs = {
        "DETECTIONS:0": [] if first is None else [(0, first)],
        "DETECTIONS:1": [] if second is None else [(0, second)],
        "KNOWN": [(0, NormalizedRects.empty() if known is None else known)],
        "IMAGE_SIZE": [(0, (100, 100))],
    }
    bounds = {port: 1 for port, packets in inputs.items() if not packets}
    return run_calculator("DetectionPoolCalculator", inputs, None, options, bounds=bounds).values(
        "DETECTIONS"
    )


def test_the_first_look_alone_passes_unchanged():
    first = face(0.2)
    assert pool(first, None) == [first]


def test_no_first_look_gives_no_packet():
    assert pool(None, face(0.2)) == []


def test_further_looks_add_faces_and_turn_uncertain_ones():
    (pooled,) = pool(face(0.2), face(0.7, score=0.7))
    np.testing.assert_allclose(pooled.scores, [0.7, 0.6])
    (pooled,) = pool(face(0.2), face(0.2, inverted=True, score=0.9))
    np.testing.assert_allclose(pooled.scores, [0.9])


def test_a_look_that_turns_a_known_face_is_left_out():
    known = NormalizedRects(np.float32([[0.2, 0.5, 0.3, 0.3, 0]]))
    (pooled,) = pool(Detections.empty(), face(0.2, inverted=True, score=0.9), known)
    assert len(pooled) == 0


@pytest.mark.parametrize(("keep_known", "count"), [(True, 1), (False, 0)])
def test_a_known_face_is_found_again_only_if_it_may_have_moved(keep_known, count):
    known = NormalizedRects(np.float32([[0.2, 0.5, 0.3, 0.3, 0]]))
    (pooled,) = pool(Detections.empty(), face(0.2), known, {"keep_known": keep_known})
    assert len(pooled) == count
