"""Regions of interest: from detections, from landmarks, and as tiles."""

import math

import numpy as np
import pytest

from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.geometry.regions_of_interest import (
    QUARTER_TURNS_RAD,
    detections_to_rects,
    fine_tiles,
    frame_tiles,
    landmarks_to_rects,
    snapped_squares,
    transform_rects,
    turned_rects,
    wrap_angle,
)

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


def test_square_long_is_square_in_pixels_and_scaled_about_the_center():
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


EYES = (33, 263)


def landmarks_of_face(points_px, size, start=(40, 50), end=(60, 50)):
    """(1, 264, 3) normalized landmarks: `points_px` first, eye corners 33 and 263, the rest between them."""
    width, height = size
    landmarks = np.full((264, 2), 50.0)
    landmarks[: len(points_px)] = points_px
    landmarks[33], landmarks[263] = start, end
    normalized = np.zeros((1, 264, 3), np.float32)
    normalized[0, :, :2] = landmarks / [width, height]
    return normalized


def test_square_of_one_and_a_half_times_the_longer_side_in_pixels():
    # Box 20..80 x 30..70 px: center (50, 50), longer side 60 px, 90 px after scaling.
    rects = landmarks_to_rects(landmarks_of_face([(20, 30), (80, 70)], (200, 100)), (200, 100), EYES)
    np.testing.assert_allclose(rects, [[50 / 200, 50 / 100, 90 / 200, 90 / 100, 0]], atol=1e-6)


def test_taller_than_wide_takes_the_height():
    rects = landmarks_to_rects(landmarks_of_face([(35, 10), (65, 90)], (200, 100)), (200, 100), EYES)
    np.testing.assert_allclose(rects[0, 2:4] * [200, 100], [120, 120], rtol=1e-6)


@pytest.mark.parametrize(
    ("end", "degrees"),
    [((60, 70), 45), ((60, 30), -45), ((40, 60), 90), ((30, 50.0001), 180), ((30, 49.9999), -180)],
)
def test_rotation_is_measured_in_pixels_and_clockwise(end, degrees):
    rects = landmarks_to_rects(
        landmarks_of_face([(20, 20), (80, 80)], (400, 100), (40, 50), end), (400, 100), EYES
    )
    assert math.degrees(rects[0, 4]) == pytest.approx(degrees, abs=0.01)


def test_other_keypoints_and_scale_can_be_chosen():
    rects = landmarks_to_rects(
        landmarks_of_face([(20, 20), (80, 80), (50, 20), (50, 80)], (100, 100)), (100, 100), (2, 3), scale=2.0
    )
    np.testing.assert_allclose(rects, [[0.5, 0.5, 1.2, 1.2, math.pi / 2]], rtol=1e-6)


def test_no_face_gives_no_rectangle():
    assert landmarks_to_rects(np.zeros((0, 478, 3), np.float32), (640, 480), EYES).shape == (0, 5)


@pytest.mark.parametrize(
    ("size", "count"),
    [
        ((1920, 1080), 3),
        ((1080, 1920), 3),
        ((640, 480), 2),
        ((2560, 1080), 4),
        ((1000, 1000), 1),
        ((640, 360), 1),
        ((720, 360), 1),  # shrunk by twice as much as a tile
        ((740, 360), 4),
        ((4000, 300), 26),
        ((4000, 16), 41),  # of 192 pixels: smaller ones would only be enlarged
        ((16, 4000), 41),
        ((100_000, 16), 64),
        ((100, 60), 1),
        ((1, 1), 1),
    ],
)
def test_number_of_tiles_by_aspect_ratio_and_size(size, count):
    assert len(frame_tiles(size)) == count


@pytest.mark.parametrize("size", [(1920, 1080), (720, 1280), (640, 480), (3840, 800)])
def test_tiles_are_squares_that_cover_the_frame_and_overlap_by_half(size):
    tiles = frame_tiles(size).in_pixels(size)
    short, long = min(size), max(size)
    np.testing.assert_allclose(tiles[:, 2:4], short, rtol=1e-5)
    axis = int(size[1] > size[0])
    np.testing.assert_allclose(tiles[:, 1 - axis], short / 2, rtol=1e-5)
    starts, ends = tiles[:, axis] - short / 2, tiles[:, axis] + short / 2
    np.testing.assert_allclose([starts[0], ends[-1]], [0, long], atol=1e-3)
    assert (ends[:-1] - starts[1:] >= short / 2 - 1e-3).all()


def test_a_low_frame_that_is_not_long_either_stays_whole():
    np.testing.assert_allclose(frame_tiles((560, 300)).values, [[0.5, 0.5, 1, 1, 0]])
    assert len(frame_tiles((560, 300), min_tile_px=300)) > 1


@pytest.mark.parametrize("size", [(4000, 16), (16, 4000), (100_000, 100)])
def test_tiles_of_a_strip_are_squares_around_its_middle_line_that_cover_it(size):
    tiles = frame_tiles(size).in_pixels(size)
    axis = int(size[1] > size[0])
    side = tiles[0, 2]
    assert side >= 192
    np.testing.assert_allclose(tiles[:, 2:4], side, rtol=1e-5)
    np.testing.assert_allclose(tiles[:, 1 - axis], min(size) / 2, rtol=1e-5)
    starts, ends = tiles[:, axis] - side / 2, tiles[:, axis] + side / 2
    np.testing.assert_allclose([starts[0], ends[-1]], [0, max(size)], atol=0.1)
    assert (ends[:-1] - starts[1:] >= side / 2 - 0.1).all()


@pytest.mark.parametrize(
    ("size", "count"), [((1920, 1920), 20), ((1920, 1080), 40), ((300, 300), 4), ((160, 160), 0)]
)
def test_number_of_fine_tiles(size, count):
    assert len(fine_tiles(size)) == count


@pytest.mark.parametrize("size", [(1920, 1080), (700, 720)])
def test_fine_tiles_of_each_size_cover_the_frame_and_overlap_by_a_quarter(size):
    tiles = fine_tiles(size).in_pixels(size)
    for side in np.unique(tiles[:, 2].round(1)):
        level = tiles[np.abs(tiles[:, 2] - side) < 1]
        np.testing.assert_allclose(level[:, 3], side, rtol=1e-3)
        for axis in (0, 1):
            centers = np.unique(level[:, axis].round(2))
            np.testing.assert_allclose([centers[0], centers[-1]], [side / 2, size[axis] - side / 2], atol=0.1)
            assert (np.diff(centers) <= 0.75 * side + 0.1).all()


def test_turned_rects_keep_place_and_size_and_turn_on():
    rects = NormalizedRects(np.float32([[0.2, 0.3, 0.1, 0.2, 0], [0.5, 0.5, 1, 1, 3]]))
    turned = turned_rects(rects, QUARTER_TURNS_RAD).values
    np.testing.assert_array_equal(turned[:, :4], np.tile(rects.values[:, :4], (3, 1)))
    quarter = np.pi / 2
    expected = [quarter, 3 + quarter - 2 * np.pi, -np.pi, 3 - np.pi, -quarter, 3 - quarter]
    np.testing.assert_allclose(turned[:, 4], expected, atol=1e-6)


def test_snapped_squares_are_near_and_those_that_nearly_agree_become_equal():
    rng = np.random.default_rng(0)
    frame, steps, count = np.array((640, 480)), 256, 500
    values = np.empty((count, 5), np.float32)
    values[:, :2] = rng.uniform(0, 1, (count, 2))
    values[:, 2:4] = rng.uniform(60, 400, (count, 1)) / frame
    values[:, 4] = rng.uniform(-3.1, 3.1, count)
    snapped = snapped_squares(values, (640, 480), steps)
    side_px = values[:, 2:3] * frame[0]
    # Half a step, and float32's rounding.
    assert (np.abs((snapped - values)[:, :2] * frame) / side_px).max() < 0.502 / steps
    assert np.abs(snapped[:, 2:4] / values[:, 2:4] - 1).max() < 0.502 / steps
    assert np.abs(snapped[:, 4] - values[:, 4]).max() < 0.502 / steps
    near = snapped_squares(values * np.float32(1 + 1e-6), (640, 480), steps)
    assert (near == snapped).all(axis=1).mean() > 0.97  # 1e-6 of a frame is 0.1 % of a step
    np.testing.assert_allclose(snapped_squares(snapped, (640, 480), steps), snapped, rtol=1e-6)


def test_squares_without_a_size_or_a_place_and_no_square_stay_as_they_are():
    nothing = np.array([[0.5, 0.5, 0, 0, 0.25], [np.nan] * 5, [0.5, np.inf, 1, 1, 0]], np.float32)
    np.testing.assert_array_equal(snapped_squares(nothing, (640, 480), 64), nothing)
    assert snapped_squares(np.zeros((0, 5), np.float32), (640, 480), 64).shape == (0, 5)
