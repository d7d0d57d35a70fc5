"""Focal lengths in pixels."""

import math

import pytest

from attention_mesh.geometry.focal_length import focal_length_px


def test_a_full_frame_sensor_needs_no_conversion():
    assert focal_length_px((3600, 2400), 50, 50) == pytest.approx(5000)


def test_phones_photo_has_mediapipes_value():
    """From the test of MediaPipe's ImageFilePropertiesCalculator, whose photo has this EXIF."""
    assert round(focal_length_px((2448, 3264), 3.38, 25), 2) == 2357.48


def test_the_orientation_does_not_matter():
    assert focal_length_px((300, 400), 4, 26) == focal_length_px((400, 300), 4, 26)


@pytest.mark.parametrize("size, focal_mm, focal_35mm", [((0, 4), 1, 1), ((4, 4), 0, 1), ((4, 4), 1, 0)])
def test_unknown_numbers_are_refused(size, focal_mm, focal_35mm):
    with pytest.raises(ValueError, match="expected numbers above 0"):
        focal_length_px(size, focal_mm, focal_35mm)


def test_the_angle_of_view_is_that_of_the_equivalent():
    """Across the diagonal, which is what the equivalent keeps."""
    px = focal_length_px((4000, 3000), 4, 27)
    assert math.atan(2500 / px) == pytest.approx(math.atan(math.hypot(36, 24) / 2 / 27))
