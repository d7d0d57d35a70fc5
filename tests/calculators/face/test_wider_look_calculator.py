"""WiderLookCalculator: when the first look is enough."""

import numpy as np
import pytest

from attention_mesh.calculators.face.detector_gate_calculator import NARROW, WIDER, WIDER_IF_NEEDED
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_rects import NormalizedRects

IMAGE = np.zeros((100, 100, 3), np.uint8)
SURE, UNSURE = 0.9, 0.6


def seen(*faces):
    """Detections of faces (x, score, whether inverted) in the middle line."""
    count = len(faces)
    boxes, keypoints = np.zeros((count, 4)), np.full((count, 6, 2), 0.5)
    for face, (x, _, inverted) in enumerate(faces):
        boxes[face] = x - 0.1, 0.4, 0.2, 0.2
        keypoints[face, :2, 0] = (x + 0.05, x - 0.05) if inverted else (x - 0.05, x + 0.05)
    return Detections(boxes, keypoints, np.array([score for _, score, _ in faces]))


def look(found, known, effort, num_faces=1, wider=True, options=None):
    """Which outputs have a packet besides DETECTIONS, and the scores of those detections."""
    rects = NormalizedRects(np.array([[x, 0.5, 0.3, 0.3, 0] for x in known], np.float32).reshape(-1, 5))
    inputs = {
        "IMAGE": [(0, IMAGE)],
        "TRACKED": [(0, rects)],
        "EFFORT": [(0, effort)],
        "DETECTIONS": [(0, seen(*found))],
    }
    run = run_calculator("WiderLookCalculator", inputs, {"NUM_FACES": num_faces, "WIDER": wider}, options)
    sent = {port for port in ("FULL", "TURNED", "WIDE") if run.packets(port)}
    return sent, [round(float(score), 2) for score in run.values("DETECTIONS")[0].scores]


def test_sure_faces_enough_need_no_wider_look():
    assert look([(0.5, SURE, False)], [], WIDER_IF_NEEDED) == (set(), [SURE])


def test_too_few_sure_faces_need_one():
    everything = {"FULL", "TURNED", "WIDE"}
    assert look([], [], WIDER_IF_NEEDED) == (everything, [])
    assert look([(0.5, UNSURE, False)], [], WIDER_IF_NEEDED) == (everything, [UNSURE])
    assert look([(0.5, SURE, False)], [], WIDER_IF_NEEDED, num_faces=2) == (everything, [SURE])
    assert look([(0.2, SURE, False)], [0.2], WIDER_IF_NEEDED, num_faces=2)[0] == everything


def test_a_wider_look_that_is_due_comes_though_the_first_look_is_sure():
    assert look([(0.5, SURE, False)], [], WIDER)[0] == {"FULL", "TURNED", "WIDE"}


def test_between_wider_looks_frames_without_any_face_are_still_searched():
    assert look([], [], NARROW) == ({"FULL"}, [])
    assert look([(0.5, UNSURE, False)], [], NARROW) == ({"FULL", "TURNED"}, [UNSURE])


def test_between_wider_looks_nothing_is_searched_beside_a_known_face():
    assert look([(0.8, UNSURE, False)], [0.2], NARROW, num_faces=2) == (set(), [])
    assert look([(0.8, SURE, False)], [0.2], NARROW, num_faces=2) == (set(), [SURE])


def test_a_known_face_is_found_again_unless_it_is_seen_inverted():
    again = look([(0.2, 0.7, False)], [0.2], NARROW, num_faces=2)
    assert again == (set(), [0.7])
    assert look([(0.2, 0.7, True)], [0.2], NARROW, num_faces=2) == (set(), [])
    assert look([(0.2, 0.7, False)], [0.2], NARROW, 2, options={"keep_known": False}) == (set(), [])


@pytest.mark.parametrize(("effort", "sent"), [(NARROW, set()), (WIDER_IF_NEEDED, set()), (WIDER, {"WIDE"})])
def test_without_wider_looks_all_detections_count_and_only_spare_candidates_follow(effort, sent):
    assert look([(0.5, UNSURE, True)], [0.5], effort, num_faces=2, wider=False) == (sent, [UNSURE])
