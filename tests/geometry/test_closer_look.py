"""A closer look at unsure detections: where it looks, and what it makes of them."""

import math

import numpy as np
import pytest

from attention_mesh.geometry.closer_look import after_closer_look, closer_look_rects
from attention_mesh.geometry.detections import Detections

SIZE = (400, 200)  # px


def seen(*faces):
    """Detections (x px, y px, side px, angle of the eyes' line in degrees, score)."""
    boxes, keypoints, scores = [], [], []
    for x, y, side, degrees, score in faces:
        boxes.append([(x - side / 2) / 400, (y - side / 2) / 200, side / 400, side / 200])
        across, down = math.cos(math.radians(degrees)) * side / 4, math.sin(math.radians(degrees)) * side / 4
        points = np.full((6, 2), (x / 400, y / 200))
        points[0] -= across / 400, down / 200
        points[1] += across / 400, down / 200
        keypoints.append(points)
        scores.append(score)
    count = len(faces)
    return Detections(
        np.reshape(boxes, (count, 4)), np.reshape(keypoints, (count, 6, 2)), np.reshape(scores, count)
    )


def test_squares_have_twice_the_boxes_side_and_lie_as_the_face_and_turned_from_it():
    faces = seen((100, 50, 40, 30, 0.6), (300, 150, 20, -90, 0.6))
    turned = closer_look_rects(faces, SIZE, True).in_pixels(SIZE)
    np.testing.assert_allclose(turned[:4, :4], [[100, 50, 80, 80]] * 4, atol=1e-4)
    np.testing.assert_allclose(np.degrees(turned[:4, 4]), [30, 120, 210, 300], atol=1e-3)
    np.testing.assert_allclose(np.degrees(turned[4:, 4]), [-90, 0, 90, 180], atol=1e-3)
    pixels = closer_look_rects(faces, SIZE, False).in_pixels(SIZE)
    np.testing.assert_allclose(pixels[:, :4], [[100, 50, 80, 80], [300, 150, 40, 40]], atol=1e-4)
    np.testing.assert_allclose(np.degrees(pixels[:, 4]), [30, -90], atol=1e-3)


def test_no_detection_has_no_square():
    assert len(closer_look_rects(seen(), SIZE, True)) == 0


@pytest.mark.parametrize(
    ("closer", "score", "at_x_px"),
    [
        ([(101, 50, 40, 10, 0.95)], 0.95, 100),  # the same face, turned alike
        ([(101, 50, 40, 10, 0.9), (101, 50, 40, 10, 0.95)], 0.95, 100),  # the surest
        ([(101, 50, 40, 10, 0.7)], 0.7, 100),  # the least score
        ([(101, 50, 40, 10, 0.95), (101, 50, 40, 190, 0.7)], 0.95, 100),
        ([(101, 50, 40, 30, 0.95)], 0.95, 101),  # the first look was inexact
        ([(101, 50, 40, 10, 0.8), (101, 50, 40, 190, 0.9)], 0.6, 100),  # surer the other way up
        ([(101, 50, 40, 10, 0.69)], 0.6, 100),  # surer, but below the least score
        ([(101, 50, 40, 190, 0.9)], 0.6, 100),  # sure the other way up
        ([(101, 50, 40, 90, 0.9)], 0.6, 100),
        ([(120, 50, 40, 0, 0.95)], 0.6, 100),  # another face
        ([], 0.6, 100),
    ],
)
def test_a_closer_look_confirms_a_face_that_it_sees_turned_alike_and_no_other_way_as_surely(
    closer, score, at_x_px
):
    found = after_closer_look(seen((100, 50, 40, 0, 0.6)), seen(*closer), SIZE, 0.7)
    np.testing.assert_allclose(found.scores, [score], atol=1e-6)
    np.testing.assert_allclose((found.boxes[:, 0] + found.boxes[:, 2] / 2) * 400, [at_x_px], atol=1e-4)
    assert found.scores.dtype == found.boxes.dtype == found.keypoints.dtype == np.float32


def test_each_face_is_confirmed_by_itself_and_the_surest_comes_first():
    faces = seen((100, 50, 40, 0, 0.6), (300, 150, 20, 180, 0.7))
    closer = seen((301, 150, 20, 180, 0.88), (100, 52, 40, 0, 0.9))
    found = after_closer_look(faces, closer, SIZE, 0.7)
    np.testing.assert_allclose(found.scores, [0.9, 0.88], atol=1e-6)
    np.testing.assert_allclose(found.boxes, faces.boxes)


def test_no_detection_stays_none():
    assert len(after_closer_look(seen(), seen((1, 1, 1, 0, 0.9)), SIZE, 0.7)) == 0
