"""One detection per face, out of several looks that may see it turned."""

import math

import numpy as np
import pytest

from attention_mesh.geometry.detection_pool import (
    contradicts,
    eye_line_angles,
    merge_by_orientation,
    pool_detections,
)
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_rects import NormalizedRects

SIZE = (200, 100)


def seen(*faces):
    """Detections of faces (x, y, width in pixels, degrees, score), with eyes half a width apart."""
    boxes, keypoints, scores = [], [], []
    for x, y, width, degrees, score in faces:
        eye = width / 4 * np.array([math.cos(math.radians(degrees)), math.sin(math.radians(degrees))])
        points = np.full((6, 2), (x, y), float)
        points[0], points[1] = (x, y) - eye, (x, y) + eye
        boxes.append(np.array([x - width / 2, y - width / 2, width, width]) / np.tile(SIZE, 2))
        keypoints.append(points / SIZE)
        scores.append(score)
    count = len(faces)
    return Detections(np.reshape(boxes, (count, 4)), np.reshape(keypoints, (count, 6, 2)), np.array(scores))


def degrees(detections):
    return np.degrees(eye_line_angles(detections, SIZE))


def test_the_eye_line_s_angle_is_that_in_pixels():
    np.testing.assert_allclose(degrees(seen((50, 50, 40, 0, 1), (50, 50, 40, 60, 1))), [0, 60], atol=1e-3)


def test_detections_that_see_a_face_alike_are_averaged_and_others_do_not_count():
    merged = merge_by_orientation(
        seen((52, 50, 40, 0, 0.8), (48, 50, 40, 10, 0.8), (50, 50, 40, 180, 0.7)), SIZE
    )
    assert len(merged) == 1
    np.testing.assert_allclose(merged.boxes[0, :2] * SIZE, [30, 30], atol=1e-3)
    assert 0 < degrees(merged)[0] < 10


def test_faces_apart_stay_apart_best_first():
    merged = merge_by_orientation(seen((40, 50, 40, 0, 0.6), (150, 50, 40, 90, 0.9)), SIZE)
    np.testing.assert_allclose(degrees(merged), [90, 0], atol=1e-3)


def test_the_surest_look_says_how_a_face_is_turned():
    pooled = pool_detections([seen((50, 50, 40, 0, 0.65)), seen((52, 46, 44, 180, 0.92))], SIZE)
    assert len(pooled) == 1
    assert abs(degrees(pooled)[0]) == pytest.approx(180, abs=1e-3)


def test_of_looks_that_agree_the_first_one_s_detection_stays():
    pooled = pool_detections([seen((50, 50, 40, 0, 0.7)), seen((53, 50, 36, 10, 0.9))], SIZE)
    np.testing.assert_allclose(pooled.boxes, seen((50, 50, 40, 0, 0.7)).boxes, atol=1e-6)


def test_a_box_within_a_larger_one_is_the_same_place():
    assert len(pool_detections([seen((50, 50, 60, 0, 0.7)), seen((50, 40, 20, 180, 0.6))], SIZE)) == 1


def test_nothing_found_is_nothing():
    assert len(pool_detections([seen(), seen()], SIZE)) == 0
    assert len(merge_by_orientation(seen(), SIZE)) == 0


@pytest.mark.parametrize(
    ("face", "expected"),
    [
        ((50, 50, 40, 100, 1), False),  # sees the known face as it is turned
        ((50, 50, 40, 0, 1), True),
        ((150, 50, 40, 0, 1), False),  # another face
    ],
)
def test_a_detection_contradicts_a_known_face_that_is_turned_otherwise(face, expected):
    known = NormalizedRects(np.float32([[0.25, 0.5, 0.3, 0.6, math.pi / 2]]))
    assert contradicts(seen(face), known, SIZE).tolist() == [expected]
    assert contradicts(seen(face), NormalizedRects.empty(), SIZE).tolist() == [False]
