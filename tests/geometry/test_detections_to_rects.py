"""Rectangles from detections, and their transformations."""

import math

import numpy as np
import pytest

from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.detections_to_rects import detections_to_rects, transform_rects, wrap_angle
from attention_mesh.geometry.normalized_rects import NormalizedRects

SIZE = (200, 100)


def face(right_eye_px, left_eye_px) -> Detections:
    keypoints = np.array([[right_eye_px, left_eye_px]], float) / SIZE
    return Detections(np.array([[0.2, 0.4, 0.2, 0.2]]), keypoints, np.array([0.9]))


@pytest.mark.parametrize(
    ("left_eye", "degrees"), [((90, 50), 0), ((80, 60), 45), ((70, 70), 90), ((60, 40), -135)]
)
def test_the_rotation_is_the_eye_line_s_in_pixels_clockwise(left_eye, degrees):
    rects = detections_to_rects(face((70, 50), left_eye), SIZE, (0, 1))
    np.testing.assert_allclose(rects.values[0, :4], [0.3, 0.5, 0.2, 0.2], rtol=1e-6)
    np.testing.assert_allclose(math.degrees(rects.values[0, 4]), degrees, atol=1e-4)


def test_a_target_angle_of_90_degrees_turns_a_vertical_pair_upright():
    rects = detections_to_rects(face((70, 70), (70, 50)), SIZE, (0, 1), math.pi / 2)
    np.testing.assert_allclose(rects.values[0, 4], 0, atol=1e-6)


def test_around_keypoints_takes_their_box_and_not_the_detection_s():
    rects = detections_to_rects(face((70, 50), (90, 60)), SIZE, around_keypoints=True)
    np.testing.assert_allclose(rects.in_pixels(SIZE), [[80, 55, 20, 10, 0]], atol=1e-4)


def test_without_rotation_no_size_is_needed_and_with_it_it_is():
    assert detections_to_rects(face((1, 1), (2, 2))).values[0, 4] == 0
    with pytest.raises(ValueError, match="size is needed"):
        detections_to_rects(face((1, 1), (2, 2)), None, (0, 1))
    with pytest.raises(ValueError, match="keypoints 0 to 1"):
        detections_to_rects(face((1, 1), (2, 2)), SIZE, (0, 5))


def test_square_long_is_square_in_pixels_and_scaled_about_the_centre():
    rects = NormalizedRects(np.array([[0.5, 0.5, 0.1, 0.4, 0.3]]), np.array([7]))
    changed = transform_rects(rects, SIZE, scale=(1.5, 1.5), square="long")
    np.testing.assert_allclose(changed.in_pixels(SIZE), [[100, 50, 60, 60, 0.3]], rtol=1e-6)
    np.testing.assert_array_equal(changed.ids, [7])
    short = transform_rects(rects, SIZE, square="short")
    np.testing.assert_allclose(short.in_pixels(SIZE)[0, 2:4], [20, 20], rtol=1e-6)


def test_a_shift_follows_the_turned_sides():
    rects = NormalizedRects(np.array([[0.5, 0.5, 0.2, 0.2, math.pi / 2]]))
    shifted = transform_rects(rects, SIZE, shift=(0.5, -0.5)).in_pixels(SIZE)[0]
    # Half of 40 px along the first side, now pointing down; minus half of 20 px along the second, now left.
    np.testing.assert_allclose(shifted[:2], [100 + 10, 50 + 20], atol=1e-4)


def test_a_rotation_is_added_and_wrapped_before_the_shift():
    rects = NormalizedRects(np.array([[0.5, 0.5, 0.2, 0.2, 3.0]]))
    turned = transform_rects(rects, SIZE, rotation_rad=1.0)
    np.testing.assert_allclose(turned.values[0, 4], 4.0 - 2 * math.pi, rtol=1e-6)
    with pytest.raises(ValueError, match="square must be"):
        transform_rects(rects, SIZE, square="tall")


def test_input_is_left_alone():
    rects = NormalizedRects(np.array([[0.5, 0.5, 0.2, 0.2, 0.5]]))
    before = rects.values.copy()
    transform_rects(rects, SIZE, scale=(2, 2), shift=(1, 1), rotation_rad=1.0, square="long")
    np.testing.assert_array_equal(rects.values, before)


def test_wrap_angle_ends_in_minus_pi_to_pi():
    angles = np.array([0, math.pi, -math.pi, 3 * math.pi / 2, -7.0])
    wrapped = wrap_angle(angles)
    assert ((wrapped >= -math.pi) & (wrapped < math.pi)).all()
    np.testing.assert_allclose(np.exp(1j * wrapped), np.exp(1j * angles), atol=1e-12)
