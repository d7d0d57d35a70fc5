"""Quarter turns: what is marked in a turned image is found again in the image before."""

import numpy as np
import pytest

from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.geometry.quarter_turns import landmarks_turned_back, rects_turned_back, turned

SIZE = (8, 4)  # width, height


def marked(x: int, y: int) -> np.ndarray:
    image = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    image[y, x] = 255
    return image


def place_of_mark(image: np.ndarray) -> list[float]:
    """Normalized center of the marked pixel."""
    y, x = np.argwhere(image[..., 0])[0]
    return [(x + 0.5) / image.shape[1], (y + 0.5) / image.shape[0]]


def test_one_quarter_turns_clockwise():
    top_left_goes_right = turned(marked(0, 0), 1)
    assert top_left_goes_right.shape == (8, 4, 3) and top_left_goes_right[0, -1].all()


@pytest.mark.parametrize("quarters", range(-4, 5))
def test_a_marked_pixel_comes_back_to_its_place(quarters):
    image = marked(6, 1)
    there = turned(image, quarters)
    landmarks = NormalizedLandmarks(np.array([[[*place_of_mark(there), 0.3]]], np.float32))
    x, y, z = landmarks_turned_back(landmarks, quarters, SIZE).points[0, 0]
    np.testing.assert_allclose([x, y], place_of_mark(image), atol=1e-6)
    # In pixels the depth stays.
    np.testing.assert_allclose(z * SIZE[0], 0.3 * there.shape[1], rtol=1e-6)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_rectangle_keeps_its_pixels_and_turns_against_the_image(quarters):
    there = turned(marked(6, 1), quarters)
    width, height = there.shape[1], there.shape[0]
    rects = NormalizedRects(
        np.array([[*place_of_mark(there), 2 / width, 3 / height, 0.1]], np.float32), np.array([5])
    )
    back = rects_turned_back(rects, quarters, SIZE)
    pixels = back.in_pixels(SIZE)[0]
    np.testing.assert_allclose(pixels[:4], [6.5, 1.5, 2, 3], atol=1e-5)
    expected = 0.1 - quarters * np.pi / 2
    assert np.isclose(np.exp(1j * pixels[4]), np.exp(1j * expected), atol=1e-6) and abs(pixels[4]) <= np.pi
    assert back.ids.tolist() == [5]
