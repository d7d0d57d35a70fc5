"""Parts of images, pixel for pixel."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_rects import NormalizedRects

NAME = "ImageCroppingCalculator"
ROWS, COLUMNS = np.mgrid[:80, :100]
IMAGE = np.stack([COLUMNS, ROWS, np.full_like(ROWS, 7)], axis=2).astype(np.uint8)  # 100 x 80


def crop(rect=None, options=None, image=IMAGE, **streams):
    inputs = {"IMAGE": [(0, image)]} | {tag: [(0, value)] for tag, value in streams.items()}
    if rect is not None:
        inputs["NORM_RECT"] = [(0, NormalizedRects(np.array([rect])))]
    (cropped,) = run_calculator(NAME, inputs, options=options).values("IMAGE")
    return cropped


def test_a_rectangle_keeps_its_size_and_its_pixels():
    cropped = crop((0.5, 0.5, 0.2, 0.25, 0))
    assert cropped.shape == (20, 20, 3) and cropped.dtype == np.uint8
    # A pixel more than the output is wide lies between the corners: 40 … 60.
    np.testing.assert_allclose(cropped[10, :, 0], np.linspace(40, 60, 20), atol=0.51)
    np.testing.assert_allclose(cropped[:, 10, 1], np.linspace(30, 50, 20), atol=0.51)


def test_a_quarter_turn_swaps_the_axes():
    cropped = crop((0.5, 0.5, 0.2, 0.25, np.pi / 2))
    np.testing.assert_allclose(cropped[10, :, 1], np.linspace(30, 50, 20), atol=0.51)
    np.testing.assert_allclose(cropped[:, 10, 0], np.linspace(60, 40, 20), atol=0.51)


@pytest.mark.parametrize(("border", "outside"), [("BORDER_ZERO", 0), ("BORDER_REPLICATE", 7)])
def test_what_lies_outside(border, outside):
    cropped = crop((0, 0.5, 0.4, 0.5, 0), f"border_mode: {border}")
    assert cropped[20, 0, 2] == outside and cropped[20, 39, 2] == 7


def test_sizes_come_from_streams_and_options():
    assert crop(WIDTH=30, HEIGHT=10).shape == (10, 30, 3)
    assert crop(options="width: 30 height: 10 norm_width: 0.5 norm_height: 0.5").shape == (40, 50, 3)
    left = crop(options="norm_width: 0.1 norm_height: 0.1 norm_center_x: 0.2 norm_center_y: 0.5")
    assert abs(int(left[4, 4, 0]) - 20) <= 1
    np.testing.assert_array_equal(crop((0, 0, 0, 0, 0)).shape, IMAGE.shape)


def test_large_crops_are_made_smaller():
    assert crop((0.5, 0.5, 0.8, 0.5, 0), "output_max_width: 40 output_max_height: 40").shape == (20, 40, 3)
    assert crop((0.5, 0.5, 0.8, 0.5, 0), "output_max_width: 400").shape == (40, 80, 3)


def test_other_formats():
    assert crop((0.5, 0.5, 0.2, 0.25, 0), image=IMAGE[:, :, 0].copy()).shape == (20, 20)
    assert crop((0.5, 0.5, 0.2, 0.25, 0), image=IMAGE[:, :, :1].astype(np.float32)).shape == (20, 20, 1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("border_mode: BORDER_UNSPECIFIED", "border_mode is unspecified"),
        ("width: 0", "width is 0"),
        ("output_max_height: -1", "output_max_height is -1"),
    ],
)
def test_options_that_cannot_be_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        crop(options=options)


def test_one_rectangle_and_both_sides():
    with pytest.raises(CalculatorError, match="holds 0 rectangles; expected one"):
        run_calculator(NAME, {"IMAGE": [(0, IMAGE)], "NORM_RECT": [(0, NormalizedRects.empty())]})
    with pytest.raises(ConfigError, match="both of WIDTH and HEIGHT"):
        crop(WIDTH=3)
