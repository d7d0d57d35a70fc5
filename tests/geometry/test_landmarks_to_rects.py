"""landmarks_to_rects: the region that the next frame's crop takes."""

import math

import numpy as np
import pytest

from attention_mesh.geometry.landmarks_to_rects import landmarks_to_rects


def face(points_px, size, start=(40, 50), end=(60, 50)):
    """(1, 264, 3) normalised landmarks: `points_px` first, eye corners 33 and 263, the rest between them."""
    width, height = size
    landmarks = np.full((264, 2), 50.0)
    landmarks[: len(points_px)] = points_px
    landmarks[33], landmarks[263] = start, end
    normalised = np.zeros((1, 264, 3), np.float32)
    normalised[0, :, :2] = landmarks / [width, height]
    return normalised


def test_square_of_one_and_a_half_times_the_longer_side_in_pixels():
    # Box 20..80 x 30..70 px: centre (50, 50), longer side 60 px, 90 px after scaling.
    rects = landmarks_to_rects(face([(20, 30), (80, 70)], (200, 100)), (200, 100))
    np.testing.assert_allclose(rects, [[50 / 200, 50 / 100, 90 / 200, 90 / 100, 0]], atol=1e-6)


def test_taller_than_wide_takes_the_height():
    rects = landmarks_to_rects(face([(35, 10), (65, 90)], (200, 100)), (200, 100))
    np.testing.assert_allclose(rects[0, 2:4] * [200, 100], [120, 120], rtol=1e-6)


@pytest.mark.parametrize(
    ("end", "degrees"),
    [((60, 70), 45), ((60, 30), -45), ((40, 60), 90), ((30, 50.0001), 180), ((30, 49.9999), -180)],
)
def test_rotation_is_measured_in_pixels_and_clockwise(end, degrees):
    rects = landmarks_to_rects(face([(20, 20), (80, 80)], (400, 100), (40, 50), end), (400, 100))
    assert math.degrees(rects[0, 4]) == pytest.approx(degrees, abs=0.01)


def test_other_keypoints_and_scale_can_be_chosen():
    rects = landmarks_to_rects(
        face([(20, 20), (80, 80), (50, 20), (50, 80)], (100, 100)), (100, 100), 2, 3, scale=2.0
    )
    np.testing.assert_allclose(rects, [[0.5, 0.5, 1.2, 1.2, math.pi / 2]], rtol=1e-6)


def test_no_face_gives_no_rectangle():
    assert landmarks_to_rects(np.zeros((0, 478, 3), np.float32), (640, 480)).shape == (0, 5)
