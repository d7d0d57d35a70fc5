"""Rotated rectangles: validation, ids, pixels."""

import numpy as np
import pytest

from attention_mesh.geometry.normalized_rects import NormalizedRects


def test_ids_default_to_zero_and_follow_the_rectangles():
    rects = NormalizedRects(np.zeros((2, 5)))
    np.testing.assert_array_equal(rects.ids, [0, 0])
    assert rects.ids.dtype == np.int64 and rects.values.dtype == np.float32
    tracked = NormalizedRects(np.arange(10).reshape(2, 5), np.array([4, 9]))
    np.testing.assert_array_equal(tracked.take([1]).ids, [9])
    np.testing.assert_array_equal(NormalizedRects.concatenate([tracked, rects]).ids, [4, 9, 0, 0])


@pytest.mark.parametrize(
    ("values", "ids", "message"),
    [
        (np.zeros((2, 4)), None, r"values must have shape \(F, 5\)"),
        (np.zeros((2, 5)), np.array([1]), r"ids must have shape \(2,\)"),
    ],
)
def test_wrong_shapes_are_named(values, ids, message):
    with pytest.raises(ValueError, match=message):
        NormalizedRects(values, ids)


def test_pixels_there_and_back_leave_the_rotation_alone():
    rects = NormalizedRects(np.array([[0.5, 0.25, 0.1, 0.2, 0.7]]), np.array([3]))
    in_pixels = rects.in_pixels((1280, 720))
    np.testing.assert_allclose(in_pixels, [[640, 180, 128, 144, 0.7]], rtol=1e-6)
    back = NormalizedRects.from_pixels(in_pixels, (1280, 720), rects.ids)
    np.testing.assert_allclose(back.values, rects.values, rtol=1e-6)
    np.testing.assert_array_equal(back.ids, [3])


def test_empty_and_whole_frame():
    assert len(NormalizedRects.empty()) == 0
    np.testing.assert_allclose(NormalizedRects.whole_frame().in_pixels((6, 4)), [[3, 2, 6, 4, 0]])
