"""Crops of rotated rectangles, against a sampler written out in floats and against OpenCV's warp."""

import math

import cv2
import numpy as np
import pytest

from attention_mesh.geometry.crop import Cropper, check_crop_source, crop_affine
from attention_mesh.geometry.projection import crop_to_image_matrices

# One level: the uint8 warp rounds once more than the reference does.
ONE_LEVEL = 1.001
# OpenCV 4 rounds the position of a sample to 1/32 px. The border to black is a step of up to 255 levels in
# one pixel, of which half of 1/32 px is 255/64 levels. Elsewhere the smoothed noise hides the rounding.
BLACK_BORDER_LEVELS = ONE_LEVEL + (255 / 64 if int(cv2.__version__.split(".")[0]) < 5 else 0)


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    """(240, 320, 3) uint8 of smoothed noise, so that neighboring samples differ by a few levels."""
    noise = np.random.default_rng(0).integers(0, 256, (240, 320, 3), np.uint8)
    return cv2.GaussianBlur(noise, (0, 0), 2)


def sampled(image: np.ndarray, rect, size, border: str) -> np.ndarray:
    """Bilinear samples in float64, straight from the definition: no outside pixel but by `border`."""
    affine = np.array(crop_affine(rect, size))
    columns, rows = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    x, y = np.einsum("ij,jhw->ihw", affine, np.stack([columns, rows, np.ones_like(rows)]))
    x0, y0 = np.floor(x).astype(int), np.floor(y).astype(int)
    height, width = image.shape[:2]
    result = np.zeros((size[1], size[0], 3))
    for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
        weight = (1 - abs(x - x0 - dx)) * (1 - abs(y - y0 - dy))
        values = image[np.clip(y0 + dy, 0, height - 1), np.clip(x0 + dx, 0, width - 1)].astype(float)
        if border == "zero":
            inside = (x0 + dx >= 0) & (x0 + dx < width) & (y0 + dy >= 0) & (y0 + dy < height)
            values = values * inside[..., None]
        result += weight[..., None] * values
    return result


RECTS = {
    "small and turned": (160.3, 120.8, 90.0, 70.0, 0.5),
    "larger than the crop by far": (160.0, 120.0, 230.0, 230.0, -0.2),
    "over a corner": (10.0, 8.0, 120.0, 120.0, 2.8),
    "outside the image": (900.0, 900.0, 50.0, 50.0, 0.1),
    "whole image": (160.0, 120.0, 320.0, 320.0, 0.0),
}


@pytest.mark.parametrize("border", ["replicate", "zero"])
@pytest.mark.parametrize("size", [(48, 40), (8, 8)], ids=["small part", "sparse"])
@pytest.mark.parametrize("rect", RECTS.values(), ids=RECTS)
def test_a_fourth_channel_changes_no_crop(image, rect, size, border):
    alpha = np.random.default_rng(1).integers(0, 256, (*image.shape[:2], 1), np.uint8)
    crops = [
        Cropper(size, None, border).crop(picture, np.array([rect]))
        for picture in (image, np.concatenate([image, alpha], axis=2))
    ]
    np.testing.assert_array_equal(*crops)


@pytest.mark.parametrize("border", ["replicate", "zero"])
@pytest.mark.parametrize("rect", RECTS.values(), ids=RECTS)
def test_crop_is_the_bilinear_sample_of_the_rotated_rectangle(image, rect, border):
    size = (48, 40)
    crop = Cropper(size, (0.0, 255.0), border).crop(image, np.array([rect]))[0]
    levels = BLACK_BORDER_LEVELS if border == "zero" else ONE_LEVEL
    np.testing.assert_allclose(crop, sampled(image, rect, size, border), atol=levels)


@pytest.mark.parametrize("pixels", [40, 200], ids=["widened to four channels", "warped directly"])
def test_both_ways_of_warping_equal_the_official_perspective_warp(image, pixels):
    """The official converter: box corners to crop corners by getPerspectiveTransform, warpPerspective."""
    rect, size = (150.0, 110.0, pixels, pixels, 0.3), (48, 48)
    corners = cv2.boxPoints(((rect[0], rect[1]), (rect[2], rect[3]), math.degrees(rect[4])))
    targets = np.array([[0, size[1]], [0, 0], [size[0], 0], size], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), targets)
    official = cv2.warpPerspective(image, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    crop = Cropper(size, (0.0, 255.0)).crop(image, np.array([rect]))[0]
    np.testing.assert_allclose(crop, official, atol=ONE_LEVEL)
    assert (np.abs(crop - official) > 0.5).mean() < 0.01


@pytest.mark.parametrize("limits", [(0.0, 1.0), (-1.0, 1.0), (0.0, 255.0), (-100.0, 300.0)])
def test_black_and_white_map_to_the_ends_of_the_range(limits):
    image = np.zeros((20, 20, 3), np.uint8)
    image[:, 10:] = 255
    crop = Cropper((20, 20), limits).crop(image, np.array([[10, 10, 20, 20, 0]]))[0]
    np.testing.assert_allclose(crop[:, :10], limits[0], atol=1e-5 * (limits[1] - limits[0]))
    np.testing.assert_allclose(crop[:, 10:], limits[1], atol=1e-5 * (limits[1] - limits[0]))


def test_all_faces_come_in_one_new_array(image):
    cropper = Cropper((32, 24))
    rects = np.array([[100, 100, 50, 50, 0], [200, 120, 80, 40, 1]])
    both = cropper.crop(image, rects)
    assert both.shape == (2, 24, 32, 3) and both.dtype == np.float32 and both.flags.c_contiguous
    kept = both.copy()
    again = cropper.crop(image, rects[::-1])
    np.testing.assert_array_equal(again[::-1], both)
    np.testing.assert_array_equal(both, kept)
    assert cropper.crop(image, np.empty((0, 5))).shape == (0, 24, 32, 3)


def test_an_image_that_is_a_view_or_read_only_crops_the_same(image):
    rects = np.array([[100, 100, 60, 60, 0.2]])
    expected = Cropper((32, 32)).crop(image, rects)
    padded = np.zeros((250, 340, 3), np.uint8)
    padded[5:245, 7:327] = image
    view = padded[5:245, 7:327]
    view.flags.writeable = False
    np.testing.assert_array_equal(Cropper((32, 32)).crop(view, rects), expected)


@pytest.mark.parametrize(
    "rect", [(5, 5, 0, 5, 0), (5, 5, 5, -1, 0), (math.nan, 5, 5, 5, 0), (5, 5, 5, 5, math.inf)]
)
def test_a_region_that_is_none_is_refused(image, rect):
    with pytest.raises(ValueError, match="a region must be finite, with a width and a positive height"):
        Cropper((8, 8)).crop(image, np.array([rect], float))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((0, 8),), "width and height must be positive"),
        (((8, 8), (1.0, 1.0)), "range must rise"),
        (((8, 8), (0.0, 1.0), "mirror"), "border must be one of replicate, zero"),
    ],
)
def test_a_cropper_that_cannot_be_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Cropper(*arguments)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (np.zeros((4, 4), np.uint8), "shape (4, 4) and type uint8"),
        (np.zeros((4, 4, 2), np.uint8), "shape (4, 4, 2)"),
        (np.zeros((4, 4, 3), np.uint16), "type uint16"),
        (np.zeros((0, 4, 3), np.uint8), "has no pixels"),
        ([[1]], "is a list"),
    ],
)
def test_what_is_no_image_to_crop_is_named(bad, message):
    with pytest.raises(ValueError) as caught:
        check_crop_source(bad, "frame 7")
    assert message in str(caught.value) and "frame 7" in str(caught.value)


def test_matrices_map_the_crop_s_corners_to_the_rectangle_s():
    rects = np.array([[160, 120, 80, 40, 0.4], [10, 20, 30, 60, -1.2]])
    for rect, matrix in zip(rects, crop_to_image_matrices(rects, (320, 240)), strict=True):
        corners = cv2.boxPoints(((rect[0], rect[1]), (rect[2], rect[3]), math.degrees(rect[4])))
        crop_corners = np.array([[0, 1, 0, 1], [0, 0, 0, 1], [1, 0, 0, 1], [1, 1, 0, 1]], np.float32)
        np.testing.assert_allclose((crop_corners @ matrix.T)[:, :2] * (320, 240), corners, atol=1e-3)
        np.testing.assert_allclose(matrix[2, 2], rect[2] / 320, rtol=1e-6)
