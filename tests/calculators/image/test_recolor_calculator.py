"""Color where a mask is set, pixel for pixel."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError
from attention_mesh.framework.testing import run_calculator

NAME = "RecolorCalculator"
BLUE = "color { r: 10 g: 20 b: 250 }"
GRAY = np.full((4, 6, 3), 100, np.uint8)
LEFT = np.repeat(np.array([[255, 255, 255, 0, 0, 0]], np.uint8), 4, axis=0)


def recolored(image, mask, options=BLUE):
    streams = {"IMAGE": [(0, image)], "MASK": [] if mask is None else [(0, mask)]}
    (result,) = run_calculator(NAME, streams, options=options).values("IMAGE")
    return result


def test_the_color_replaces_the_image_where_the_mask_is_full():
    result = recolored(GRAY, LEFT, f"{BLUE} adjust_with_luminance: false")
    assert (result[:, :3] == (10, 20, 250)).all() and (result[:, 3:] == 100).all()


def test_dark_pixels_take_less_of_it():
    result = recolored(GRAY, LEFT)
    share = 100 / 255
    expected = np.round(100 * (1 - share)) + np.round(np.array([10, 20, 250]) * share)
    assert np.abs(result[0, 0] - expected).max() <= 1  # level: rounding
    assert (recolored(np.zeros_like(GRAY), LEFT) == 0).all()


def test_an_inverted_mask_recolors_the_rest():
    result = recolored(GRAY, LEFT, f"{BLUE} adjust_with_luminance: false invert_mask: true")
    assert (result[:, 3:] == (10, 20, 250)).all() and (result[:, :3] == 100).all()


@pytest.mark.parametrize("mask", [LEFT[..., None], (LEFT / 255).astype(np.float32), np.dstack([LEFT] * 3)])
def test_masks_of_every_kind_weigh_the_same(mask):
    np.testing.assert_array_equal(recolored(GRAY, mask), recolored(GRAY, LEFT))


def test_the_alpha_channel_can_be_the_mask_and_masks_are_scaled():
    small = np.zeros((2, 2, 4), np.uint8)
    small[:, 0, 3] = 255
    result = recolored(GRAY, small, f"{BLUE} mask_channel: ALPHA adjust_with_luminance: false")
    assert (result[:, 0] == (10, 20, 250)).all() and (result[:, -1] == 100).all()


def test_without_a_mask_the_image_passes():
    assert recolored(GRAY, None) is GRAY


def test_a_soft_mask_mixes_each_pixel_by_its_weight_and_luminance():
    random = np.random.default_rng(1)
    image = random.integers(0, 256, (5, 7, 3)).astype(np.uint8)
    mask = random.random((5, 7), np.float32)
    result = recolored(image, mask, f"{BLUE} invert_mask: true")
    for row, column in np.ndindex(5, 7):
        red, green, blue = image[row, column].tolist()
        share = (1 - float(mask[row, column])) * (0.299 * red + 0.587 * green + 0.114 * blue) / 255
        expected = image[row, column] * (1 - share) + np.array([10, 20, 250]) * share
        assert np.abs(result[row, column] - expected).max() <= 1  # level: two numbers are rounded


@pytest.mark.parametrize(
    ("image", "mask", "options", "problem"),
    [
        (GRAY, LEFT, "", "color is missing"),
        (GRAY, LEFT, f"{BLUE} mask_channel: UNKNOWN", "UNKNOWN; expected RED or ALPHA"),
        (GRAY[..., 0].copy(), LEFT, BLUE, r"shape \(4, 6\).*COLOR_GRAY2RGB"),
        (GRAY, GRAY, f"{BLUE} mask_channel: ALPHA", "no alpha channel"),
        (GRAY, LEFT.astype(np.uint16), BLUE, "uint16; expected uint8 or float32"),
    ],
)
def test_what_cannot_be_recolored(image, mask, options, problem):
    with pytest.raises(CalculatorError, match=problem):
        recolored(image, mask, options)
